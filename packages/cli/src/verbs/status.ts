import type { Command } from "commander";
import { addClientOptions, addExamples, addJsonOption, type ClientOptions } from "../arguments/options.ts";
import { print, printJson } from "../output.ts";
import { overviewText } from "../overview/overview-words.ts";
import { statusText } from "../overview/status-words.ts";
import { connect } from "../place/server-connection.ts";

export function define(command: Command): void {
  command.argument("[deployment]", "a deployment's id, such as d-A1B2C3D4E (default: everything)");
  addJsonOption(addClientOptions(command));
  addExamples(command, "sluice status --data .sluice/up", "sluice status d-A1B2C3D4E --data .sluice/up");
  command.addHelpText(
    "after",
    "\nWithout a deployment: what waits for a person, what is being deployed, what runs in each group, and how the hosts are. With one: what happens to it or became of it, why nothing moves and what comes then, and what each command would do to it now. The exit status is 0 whatever the state is.",
  );
  command.action(async (deploymentId: string | undefined, options: ClientOptions) => {
    using connection = connect(options);
    const { sluice, dataDirectory } = connection;
    if (deploymentId === undefined) {
      const overview = await sluice.call("GetOverview", {});
      if (options.json) printJson(overview);
      else print(overviewText(overview, { now: new Date(), dataDirectory }));
      return;
    }
    const described = await sluice.call("DescribeDeployment", { deploymentId });
    if (options.json) printJson(described);
    else print(statusText(described, { now: new Date(), dataDirectory }));
  });
}
