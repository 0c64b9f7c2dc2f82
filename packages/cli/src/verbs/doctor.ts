import type { Command } from "commander";
import { addClientOptions, addExamples, addJsonOption, type ClientOptions } from "../arguments/options.ts";
import { describeError, EXIT_FAILED } from "../command-failed.ts";
import { agentChecks } from "../doctor/agent-checks.ts";
import { type Check, formatChecks, ok, wrong } from "../doctor/check.ts";
import { awsCliCheck, keyAndHosts, serverAnswers } from "../doctor/client-checks.ts";
import { dataDirectoryCheck } from "../doctor/data-directory-check.ts";
import { diskCheck } from "../doctor/disk-check.ts";
import { print, printJson } from "../output.ts";
import { connect } from "../place/server-connection.ts";
import { describePlace, serverPlace } from "../place/server-place.ts";

interface DoctorOptions extends ClientOptions {
  readonly agent?: string;
}

export function define(command: Command): void {
  command.option("--agent <dir>", "check the agent with this data directory, instead of the server");
  addJsonOption(addClientOptions(command));
  addExamples(command, "sluice doctor --data /var/lib/sluice", "sluice doctor --agent /var/lib/sluice-agent");
  command.addHelpText("after", "\nChanges nothing. Exits with 1 if a check fails; warnings alone exit with 0.");
  command.action(async (options: DoctorOptions) => {
    const checks = options.agent === undefined ? await serverChecks(options) : await agentChecks(options.agent);
    if (options.json) printJson(checks);
    else print(formatChecks(checks));
    if (checks.some(({ outcome }) => outcome === "wrong")) process.exitCode = EXIT_FAILED;
  });
}

async function serverChecks(options: DoctorOptions): Promise<Check[]> {
  const checks: Check[] = [];
  try {
    const place = serverPlace(options.data);
    using connection = connect(options);
    checks.push(ok("found by", describePlace(place)));
    if (place.kind === "directory") {
      checks.push(await dataDirectoryCheck(place.directory), await diskCheck(place.directory));
    }
    const answers = await serverAnswers(connection.server, place);
    checks.push(...answers);
    // Without an answer the key cannot be tried, and a second message would say no more than the first.
    if (answers[0]?.outcome === "ok") checks.push(...(await keyAndHosts(connection)));
  } catch (error) {
    checks.push(wrong("found by", describeError(error)));
  }
  checks.push(await awsCliCheck(process.env.PATH));
  return checks;
}
