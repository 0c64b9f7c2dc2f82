import type { GroupSettings } from "@sluice/wire/sluice/operations.ts";
import { type Command, Option } from "commander";
import { connect } from "../connection.ts";
import { addClientOptions, addExamples, addJsonOption, type ClientOptions } from "../options.ts";
import { print, printJson } from "../output.ts";

interface SettingsOptions extends ClientOptions {
  readonly application: string;
  readonly group: string;
  readonly deployToLateHosts?: "on" | "off";
}

export function define(command: Command): void {
  const settings = command
    .command("settings")
    .description("show or change the settings that Sluice has for a group beyond CodeDeploy's");
  settings
    .requiredOption("--application <name>", "the application")
    .requiredOption("--group <name>", "its deployment group")
    .addOption(
      new Option(
        "--deploy-to-late-hosts <on|off>",
        "whether hosts that join the group later get its last successful revision automatically",
      ).choices(["on", "off"]),
    );
  addJsonOption(addClientOptions(settings));
  addExamples(
    settings,
    "sluice groups settings --application web --group demo --data .sluice/up",
    "sluice groups settings --application web --group demo --deploy-to-late-hosts on --data .sluice/up",
  );
  settings.action(async (options: SettingsOptions) => {
    using connection = connect(options);
    const group = { applicationName: options.application, deploymentGroupName: options.group };
    const answer =
      options.deployToLateHosts === undefined
        ? await connection.sluice.call("GetGroupSettings", group)
        : await connection.sluice.call("PutGroupSettings", {
            ...group,
            deployToLateHosts: options.deployToLateHosts === "on",
          });
    if (options.json) printJson(answer);
    else print(formatSettings(answer));
  });
}

function formatSettings({ deployToLateHosts }: GroupSettings): string {
  return `deploy-to-late-hosts ${deployToLateHosts ? "on" : "off"}`;
}
