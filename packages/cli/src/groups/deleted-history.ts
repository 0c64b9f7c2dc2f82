import { shellWord } from "@sluice/model/shell-word.ts";
import { allPages } from "../place/all-pages.ts";
import type { Connection } from "../place/server-connection.ts";

/** How many deployments go with these groups of an application. */
export async function countDeployments(
  { codeDeploy }: Pick<Connection, "codeDeploy">,
  applicationName: string,
  groups: readonly string[],
): Promise<number> {
  let count = 0;
  for (const deploymentGroupName of groups) {
    const ids = allPages(
      (nextToken) => codeDeploy.call("ListDeployments", { applicationName, deploymentGroupName, nextToken }),
      ({ deployments }) => deployments,
    );
    for await (const _ of ids) count++;
  }
  return count;
}

/** `the history of 3 deployments` */
export function historyWords(count: number): string {
  return `the history of ${count} ${count === 1 ? "deployment" : "deployments"}`;
}

/** The command line that deletes without asking. */
export function deletionCommand(words: readonly string[], data: string | undefined): string {
  return ["sluice", ...words, ...(data === undefined ? [] : ["--data", data]), "--yes"].map(shellWord).join(" ");
}
