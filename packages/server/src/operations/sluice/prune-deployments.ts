import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { PruneDeploymentsInput, PruneDeploymentsOutput } from "@sluice/wire/sluice/sluice-api.ts";
import type { OrphanedTally } from "../../retention/orphaned-output.ts";
import type { Pass } from "../../retention/retention.ts";
import type { Operation } from "../operation.ts";
import type { SluiceContext } from "./sluice-context.ts";

/** A call is answered after this, whether the pass is done or not. */
const ANSWER_AFTER_MILLISECONDS = 10_000;

/** Removes now what the retention keeps no longer, or says what that would be. */
export const pruneDeployments: Operation<PruneDeploymentsInput, PruneDeploymentsOutput, SluiceContext> = async (
  { dryRun, pass },
  { retention },
) => {
  if (dryRun) {
    const { groups, orphaned } = await retention.preview();
    return {
      isDone: true,
      groups: groups.map(({ deploymentGroupId: _, oldestCreatedAt, ...group }) => ({
        ...group,
        oldestCreatedAt: new Date(oldestCreatedAt),
      })),
      ...describeOrphaned(orphaned),
    };
  }
  const id = pass ?? retention.runNow().id;
  const found = await retention.wait(id, ANSWER_AFTER_MILLISECONDS);
  if (found) return describe(found);
  throw new CallerFault(
    "ValidationException",
    `pass is "${id}": that run is over, and another one has started. Leave it out to start from the beginning.`,
  );
};

function describe({ id, isDone, failure, report }: Pass): PruneDeploymentsOutput {
  const groups = report.groups.map(({ applicationName, deploymentGroupName, deployments }) => ({
    applicationName,
    deploymentGroupName,
    deployments,
  }));
  const orphaned = describeOrphaned(report.orphaned);
  return { pass: id, isDone, groups, ...orphaned, ...(failure === undefined ? {} : { failure }) };
}

function describeOrphaned({ deployments, deploymentIds, logBytes }: OrphanedTally) {
  return deployments === 0 ? {} : { orphanedLogs: { deployments, deploymentIds: [...deploymentIds], logBytes } };
}
