import { setImmediate as turn } from "node:timers/promises";
import { requireDeploymentId } from "@sluice/model/input-checks/required-names.ts";
import type { ListFailureClustersInput, ListFailureClustersOutput } from "@sluice/wire/sluice/console-api.ts";
import { tailKey } from "../../../logs/log-tails.ts";
import { findDeployment } from "../../../store/deployment-history.ts";
import { loadTargets } from "../../../store/targets.ts";
import { deploymentMissing } from "../../codedeploy/checks/known-resources.ts";
import type { Operation } from "../../operation.ts";
import type { SluiceContext } from "../sluice-context.ts";
import { FailureClusters, failuresOf } from "./failure-clusters.ts";

/** Failures that are looked at before other work gets its turn. */
const FAILURES_PER_TURN = 20;

/** The failures of a deployment, those together whose logs say the same; the first cause first. */
export const listFailureClusters: Operation<
  ListFailureClustersInput,
  ListFailureClustersOutput,
  Pick<SluiceContext, "store" | "logs">
> = async (input, { store, logs }) => {
  const deploymentId = requireDeploymentId(input.deploymentId);
  const failures = failuresOf((await loadTargets(store, deploymentId)) ?? []).sort((one, other) => one.at - other.at);
  if (failures.length === 0) {
    if (!(await findDeployment(store.db, deploymentId))) throw deploymentMissing(deploymentId);
    return { clusters: [] };
  }
  const tails = await logs.tails(deploymentId, new Set(failures.map(tailKey)));
  const clusters = new FailureClusters();
  for (const [index, failure] of failures.entries()) {
    if (index % FAILURES_PER_TURN === FAILURES_PER_TURN - 1) await turn();
    clusters.add(failure, tails.get(tailKey(failure)) ?? []);
  }
  return { clusters: clusters.list() };
};
