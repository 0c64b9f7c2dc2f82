import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { GroupRecords } from "@sluice/agent/adopt/group-records.ts";
import { shellWord } from "@sluice/model/shell-word.ts";
import type { Command } from "commander";
import { addExamples, addJsonOption } from "../arguments/options.ts";
import { CommandFailed, EXIT_USAGE } from "../command-failed.ts";
import { print, printJson } from "../output.ts";
import { AGENT_MARK, refuseOtherOwner } from "../place/other-owner.ts";
import { formatAge, formatTable } from "../terminal/printing.ts";

const WHERE_RECORDS_ARE =
  "Name the directory of an agent that has deployed on this host: /opt/codedeploy-agent/deployment-root (AWS's agent; another one if :root_dir: of its codedeployagent.yml says so) or /var/lib/sluice-agent";

interface AdoptOptions {
  readonly from: string;
  readonly data?: string;
  readonly group?: string;
  readonly as?: string;
  readonly replace?: boolean;
  readonly json?: boolean;
}

export function defineAdopt(parent: Command): void {
  const adopt = parent
    .command("adopt")
    .description("take over what another agent has installed for a deployment group, AWS's agent for instance");
  adopt
    .requiredOption("--from <dir>", "that agent's directory; AWS's agent has /opt/codedeploy-agent/deployment-root")
    .option("--data <dir>", "the directory of the agent that goes on")
    .option("--group <id>", "the group's id in --from; without it, the groups there are listed")
    .option("--as <id>", "the group's id at the server that deploys from now on")
    .option("--replace", "replace what --data has of that group");
  addJsonOption(adopt);
  addExamples(
    adopt,
    "sluice agent adopt --from /opt/codedeploy-agent/deployment-root",
    "sluice agent adopt --from /opt/codedeploy-agent/deployment-root --group 6f2b… --as 1a69… --data /var/lib/sluice-agent",
  );
  adopt.addHelpText(
    "after",
    `
The id at the server: sluice groups show --application A --group G --json, member deploymentGroupId.
Both agents have to be stopped. What is in --from stays as it is, so the way back is the same command in the other direction.`,
  );
  adopt.action(async (options: AdoptOptions) => {
    if (options.group === undefined && options.as === undefined) return list(options);
    const { from, data, group, as } = options;
    if (group === undefined || as === undefined || data === undefined) {
      const missing = group === undefined ? "--group" : as === undefined ? "--as" : "--data";
      throw new CommandFailed(`${missing} is missing: --group, --as and --data go together`, {
        exitStatus: EXIT_USAGE,
      });
    }
    await refuseOtherOwner({ directory: data, mark: AGENT_MARK, isOwnersWhileEmpty: false });
    const { AdoptRefused, adoptGroup } = await import("@sluice/agent/adopt/adopt-group.ts");
    const call = { from, to: data, groupId: group, asGroupId: as, replace: options.replace ?? false };
    const adopted = await adoptGroup(call).catch((error: unknown) => {
      throw error instanceof AdoptRefused ? new CommandFailed(error.message, { cause: error }) : error;
    });
    if (options.json) printJson({ ...summaryOf(adopted), groupId: as });
    else {
      print(
        `${as} has what was installed as ${group}: ${count(adopted.installed.length, "file or directory", "files and directories")}, ` +
          `last successful install ${adopted.lastSuccessful ?? "none"}. Start the agent: sluice agent run --data ${data}`,
      );
    }
  });
}

async function list({ from, json }: AdoptOptions): Promise<void> {
  const { listGroupRecords } = await import("@sluice/agent/adopt/group-records.ts");
  if (!existsSync(from)) throw new CommandFailed(`--from ${from} does not exist. ${WHERE_RECORDS_ARE}`);
  const groups = listGroupRecords(from);
  if (groups.length === 0) throw new CommandFailed(noGroups(from));
  if (json) printJson(groups.map(summaryOf));
  else print(formatGroups(groups, new Date()));
}

/** Of AWS's agent its root is named, or its folder of instructions, as often as the directory that it keeps them in. */
function noGroups(from: string): string {
  const near = ["deployment-root", ".."].map((name) => resolve(from, name)).find((path) => hasRecords(path));
  const cure =
    near === undefined ? WHERE_RECORDS_ARE : `They are in ${near}: sluice agent adopt --from ${shellWord(near)}`;
  return `--from ${from} has no records of deployment groups. ${cure}`;
}

function hasRecords(directory: string): boolean {
  return existsSync(join(directory, "deployment-instructions"));
}

function summaryOf({ groupId, lastSuccessful, mostRecent, installedAt, installed }: GroupRecords) {
  return { groupId, lastSuccessful, mostRecent, installedAt, installed };
}

function formatGroups(groups: readonly GroupRecords[], now: Date): string {
  return formatTable(
    ["GROUP", "LAST SUCCESSFUL", "MOST RECENT", "AGE", "INSTALLED", "FIRST"],
    groups.map(({ groupId, lastSuccessful, mostRecent, installedAt, installed }) => [
      groupId,
      lastSuccessful ?? "-",
      mostRecent ?? "-",
      formatAge(now.getTime() - installedAt.getTime()),
      String(installed.length),
      installed[0] ?? "-",
    ]),
  );
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
