import type { AgentStatus } from "@sluice/agent/status.ts";
import { visibleText } from "@sluice/model/visible-text.ts";
import type { Tag } from "@sluice/wire/sluice/sluice-api.ts";
import type { Command } from "commander";
import { defineAdopt } from "../adopt/agent-adopt.ts";
import { AGENT_DATA_DIRECTORY } from "../agent-service/places.ts";
import { enrolmentToken } from "../arguments/enrolment-token-option.ts";
import { addExamples, addJsonOption, collectTag } from "../arguments/options.ts";
import { EXIT_FAILED } from "../command-failed.ts";
import { namingUnreadable } from "../files/file-trouble.ts";
import { print, printError, printJson } from "../output.ts";
import { AGENT_MARK, refuseOtherOwner } from "../place/other-owner.ts";
import { dataOfUnit } from "../place/service-unit.ts";
import { nameProcess } from "../process/process-name.ts";
import { visibleHost } from "../terminal/printing.ts";

interface EnrollOptions {
  readonly server: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly data: string;
  readonly name?: string;
  readonly tag?: readonly Tag[];
  readonly onPremises?: boolean;
  readonly zone?: string;
  readonly address?: string;
  readonly caFile?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

export function define(command: Command): void {
  defineInstall(command);
  defineUninstall(command);
  defineEnroll(command);
  defineRun(command);
  defineStatus(command);
  defineDoctor(command);
  defineRotateKey(command);
  defineAdopt(command);
}

/** For the verbs that look after the agent that `install` made. */
function addInstalledDataOption(command: Command): Command {
  return command.option("--data <dir>", "the agent's directory on this host", AGENT_DATA_DIRECTORY);
}

/** By which token a host enrols, and as what. */
function addEnrolmentOptions(command: Command): Command {
  return command
    .option(
      "--token-file <file>",
      "a file with the token of `sluice token create` in its first line; - is standard input",
    )
    .option("--token <token>", "the token; every user of this machine can see it (ps) while the command runs")
    .option(
      "--name <name>",
      "the host's name, also set as the tag Name unless the token has one (default: the machine's name, no tag)",
    )
    .option("--tag <key=value>", "a tag that the token allows (repeatable)", collectTag)
    .option("--on-premises", "enrol an on-premises instance instead of an EC2-style one")
    .option("--zone <zone>", "the host's zone")
    .option("--address <address>", "the address to show for the host")
    .option("--ca-file <file>", "the PEM file of a private authority that signed the server's certificate");
}

interface InstallVerbOptions extends Omit<EnrollOptions, "server" | "force"> {
  readonly server?: string;
  readonly program?: string;
  readonly proxy?: string;
  readonly caFile?: string;
  readonly service: boolean;
}

function defineInstall(parent: Command): void {
  const install = parent
    .command("install")
    .description("install the agent on this host as a service, and enrol the host if it is not enrolled; needs root");
  install
    .option("--server <url>", "the server's address, where the host is to enrol")
    .option("--program <file>", "the file of a release to install (default: this program, if it is one)");
  addEnrolmentOptions(install)
    .option("--proxy <url>", "the HTTP proxy to the server, stored in agent.json (default: the shell's https_proxy)")
    .option("--no-service", "do not start the agent; print the command that does");
  addJsonOption(addInstalledDataOption(install));
  addExamples(
    install,
    "sudo sluice agent install --server https://deploy.example.org:7450 --token-file -",
    "sudo sluice agent install",
  );
  install.action(async (options: InstallVerbOptions) => {
    const { installAgent, readAuthority } = await import("../agent-service/install-agent.ts");
    const { tag, caFile, ...rest } = options;
    const installed = await installAgent({
      ...rest,
      tags: tag,
      certificateAuthority: readAuthority(caFile),
      token: () => enrolmentToken(options),
    });
    if (options.json) {
      printJson(installed);
      return;
    }
    const { hostName, hostId, server, isEnrolledNow, kind, processId } = installed;
    const host = visibleHost(hostName, hostId);
    print(`${host} is ${isEnrolledNow ? "enrolled" : "a host"} at ${server}.`);
    if (kind === undefined) print(`Start its agent: ${installed.startCommand}`);
    else
      print(
        `Its agent runs as process ${processId}${kind === "systemd" ? " (sluice-agent.service)" : ""}, and the server answers it.`,
      );
    for (const note of installed.notes) printError(`Note: ${note}`);
  });
}

function defineUninstall(parent: Command): void {
  const uninstall = parent
    .command("uninstall")
    .description("stop and remove the agent of this host, and take the host off its server; needs root");
  addJsonOption(addInstalledDataOption(uninstall));
  addExamples(uninstall, "sudo sluice agent uninstall");
  uninstall.addHelpText("after", "\nScripts that run are finished first. What deployments installed stays.");
  uninstall.action(async (options: { readonly data: string; readonly json?: boolean }) => {
    const { uninstallAgent } = await import("../agent-service/uninstall-agent.ts");
    const removed = await uninstallAgent(options);
    const { hostId = "", hostName = "", notRetired } = removed;
    if (options.json) printJson(removed);
    else print(`The agent${hostName === "" ? "" : ` of ${visibleHost(hostName, hostId)}`} is removed from this host.`);
    if (notRetired !== undefined) {
      printError(
        `Note: the server still lists the host (${visibleText(notRetired)}). Take it off there: sluice hosts remove ${hostId || "NAME"}`,
      );
    }
  });
}

function defineRotateKey(parent: Command): void {
  const rotate = parent
    .command("rotate-key")
    .description(
      "replace this host's key by a new one; a running agent takes it up, and the old one is good for an hour more",
    );
  addJsonOption(addInstalledDataOption(rotate));
  addExamples(rotate, "sudo sluice agent rotate-key");
  rotate.action(async (options: { readonly data: string; readonly json?: boolean }) => {
    await refuseOtherAgent(options.data);
    const { rotateHostKey } = await import("@sluice/agent/protocol/host-calls.ts");
    const rotated = await rotateHostKey(options.data);
    if (options.json) printJson(rotated);
    else print(`The host's key is ${rotated.accessKeyId} now. A running agent uses it within seconds.`);
  });
}

function defineDoctor(parent: Command): void {
  const doctor = parent.command("doctor").description("say what is wrong with this host's agent, and how to fix it");
  addJsonOption(addInstalledDataOption(doctor));
  addExamples(doctor, "sudo sluice agent doctor");
  doctor.addHelpText("after", "\nChanges nothing. Exits with 1 if a check fails; warnings alone exit with 0.");
  doctor.action(async (options: { readonly data: string; readonly json?: boolean }) => {
    const { agentChecks } = await import("../doctor/agent-checks.ts");
    const { formatChecks } = await import("../doctor/check.ts");
    const checks = await agentChecks(options.data);
    if (options.json) printJson(checks);
    else print(formatChecks(checks));
    if (checks.some(({ outcome }) => outcome === "wrong")) process.exitCode = EXIT_FAILED;
  });
}

function addDataOption(command: Command): Command {
  return command.requiredOption("--data <dir>", "the agent's directory on this host, with its key and its revisions");
}

function defineEnroll(parent: Command): void {
  const enroll = parent.command("enroll").description("enrol this machine as a host of a server");
  enroll.requiredOption("--server <url>", "the server's address");
  addEnrolmentOptions(enroll).option(
    "--force",
    "replace the enrolment in the directory; a host with the same name keeps its id, because its old key proves it",
  );
  addJsonOption(addDataOption(enroll));
  addExamples(
    enroll,
    "sluice agent enroll --server https://deploy.example.org:7450 --token-file - --data /var/lib/sluice-agent",
  );
  enroll.action(async (options: EnrollOptions) => {
    await refuseOtherAgent(options.data);
    const { readAuthority } = await import("../agent-service/install-agent.ts");
    const { enrolHost } = await import("@sluice/agent/identity/enrol.ts");
    const { readAgentStatus } = await import("@sluice/agent/status.ts");
    const { whoElseMayChange } = await import("@sluice/agent/host/who-else-may-change.ts");
    const formerId = (await readAgentStatus(options.data).catch(() => undefined))?.hostId;
    const enrolled = await enrolHost({
      server: options.server,
      token: await enrolmentToken(options),
      directory: options.data,
      name: options.name,
      tags: options.tag,
      nameTag: options.name !== undefined,
      onPremises: options.onPremises,
      zone: options.zone,
      address: options.address,
      certificateAuthority: readAuthority(options.caFile),
      force: options.force,
    });
    const problem = whoElseMayChange(options.data);
    if (problem !== undefined) {
      printError(
        `Warning: users of this host can make an agent that runs as root run their scripts: ${problem}. To run the agent as another user, ` +
          `remove the host (sluice hosts remove ${enrolled.hostName}), then enrol as the user who owns the directory: sudo -u USER sluice agent enroll … --force --data ${options.data}`,
      );
    }
    if (options.json)
      printJson({ hostId: enrolled.hostId, hostName: enrolled.hostName, hostIdentifier: enrolled.hostIdentifier });
    else {
      const { running } = await readAgentStatus(options.data);
      const next =
        running === undefined
          ? `Start it: ${startCommand(options.data, "enable --now")}`
          : `Restart its agent${running.processId === undefined ? "" : ` (process ${running.processId})`}: it still uses the old enrolment`;
      const was = formerId === undefined || formerId === enrolled.hostId ? "" : `It was ${formerId} before. `;
      print(`${visibleHost(enrolled.hostName, enrolled.hostId)} is enrolled. ${was}${next}`);
    }
  });
}

/** Whose agent is enrolled there: a key that root wrote it could not read. */
function refuseOtherAgent(directory: string): Promise<void> {
  return refuseOtherOwner({ directory, mark: AGENT_MARK, isOwnersWhileEmpty: false });
}

function defineRun(parent: Command): void {
  const run = addDataOption(parent.command("run").description("run the agent until it is stopped"));
  addExamples(run, "sluice agent run --data /var/lib/sluice-agent");
  run.action(async (options: { readonly data: string }) => {
    // The launcher set it for this process, and scripts are to have what the host has.
    delete process.env.MALLOC_ARENA_MAX;
    nameProcess("sluice-agent", options.data);
    const { runAgent } = await import("@sluice/agent/run-agent.ts");
    process.exitCode = await runAgent({ directory: options.data }).catch((error: unknown) => {
      throw namingUnreadable(error, options.data);
    });
  });
}

function defineStatus(parent: Command): void {
  const status = addInstalledDataOption(
    parent.command("status").description("show this host, its server and what its agent is doing"),
  );
  addJsonOption(status);
  addExamples(status, "sluice agent status --data /var/lib/sluice-agent");
  status.action(async (options: { readonly data: string; readonly json?: boolean }) => {
    const { readAgentStatus } = await import("@sluice/agent/status.ts");
    const found = await readAgentStatus(options.data).catch((error: unknown) => {
      throw namingUnreadable(error, options.data);
    });
    if (options.json) printJson(found);
    else for (const line of describeStatus(options.data, found)) print(line);
    process.exitCode = found.running === undefined ? 1 : 0;
  });
}

/** @param how what systemctl is to do with the agent's service, where this host has one */
function startCommand(directory: string, how: "start" | "enable --now"): string {
  if (dataOfUnit("sluice-agent") === directory) return `systemctl ${how} sluice-agent`;
  return `sluice agent run --data ${directory}`;
}

function describeStatus(directory: string, status: AgentStatus): string[] {
  if (!status.enrolled) return [`${directory} contains no enrolment. Enrol this host: sluice agent enroll --help`];
  const lines = [`${visibleHost(status.hostName ?? "", status.hostId ?? "")}, host of ${status.server}`];
  const { running } = status;
  if (running === undefined)
    return [...lines, `its agent is not running. Start it: ${startCommand(directory, "start")}`];
  // It accepted and said nothing: it stands still, or is not an agent.
  if (running.processId === undefined) {
    return [
      ...lines,
      `the process that has ${directory}/agent.sock open does not answer. The agent is very busy, or suspended (continue it: kill -CONT)`,
    ];
  }
  lines.push(
    `its agent has been running as process ${running.processId} since ${running.startedAt}${running.isStopping ? ", and is stopping" : ""}`,
  );
  if (running.lastFailure !== undefined) lines.push(`the server does not answer: ${running.lastFailure}`);
  else if (running.lastPollAt !== undefined) lines.push(`the server last answered at ${running.lastPollAt}`);
  for (const { event, deploymentId, state, since } of running.heldCommands) {
    lines.push(`working on ${event} of ${deploymentId} (${state} since ${since})`);
  }
  return lines;
}
