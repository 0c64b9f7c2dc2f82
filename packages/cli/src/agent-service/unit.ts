export interface UnitOptions {
  /** The directory of the agent's programs. */
  readonly programs: string;
  readonly data: string;
  /** Whether systemd-notify is there, by which the supervisor says that the agent is ready. */
  readonly canNotify: boolean;
}

/** The agent's unit for systemd. Both paths are absolute. */
export function unitText({ programs, data, canNotify }: UnitOptions): string {
  const type = canNotify ? ["Type=notify", "NotifyAccess=all", "WatchdogSec=3min"] : ["Type=exec"];
  return `${[
    "# Written by `sluice agent install`, which writes it again: put changes into a drop-in (systemctl edit sluice-agent).",
    "[Unit]",
    "Description=Sluice agent",
    "Wants=network-online.target",
    "After=network-online.target",
    "",
    "[Service]",
    ...type,
    "# Variables of the agent itself, such as HTTPS_PROXY.",
    "EnvironmentFile=-/etc/default/sluice-agent",
    `ExecStart=${unitWord(`${programs}/supervise`)} --data ${unitWord(data)}`,
    "Restart=always",
    "RestartSec=2",
    "# Stops the agent alone: the services that hooks started keep running.",
    "KillMode=process",
    "# A hook that runs out of memory does not take the agent with it.",
    "OOMPolicy=continue",
    "# Those services count as the agent's.",
    "TasksMax=infinity",
    "# How long a running script may delay a stop or a reboot.",
    "TimeoutStopSec=5min",
    "",
    "[Install]",
    "WantedBy=multi-user.target",
  ].join("\n")}\n`;
}

/** One word of a command in a unit: specifiers and variables are doubled, the rest is quoted. */
function unitWord(text: string): string {
  const plain = text.replaceAll("%", "%%").replaceAll("$", "$$$$");
  return /^[\w/.%$+-]+$/.test(plain) ? plain : `"${plain.replaceAll(/["\\]/g, "\\$&")}"`;
}
