import type { LifecycleEventState, TargetState } from "@sluice/engine/state.ts";
import { targetName } from "@sluice/engine/target-name.ts";
import { requireDeploymentId } from "@sluice/model/input-checks/required-names.ts";
import type {
  GridEvent,
  GridTarget,
  ListGridTargetsInput,
  ListGridTargetsOutput,
} from "@sluice/wire/sluice/console-api.ts";
import { findDeployment } from "../../../store/deployment-history.ts";
import { newestEventId } from "../../../store/events.ts";
import { readSnapshot } from "../../../store/read-snapshot.ts";
import { pageOfTargets } from "../../../store/target-listing.ts";
import { deploymentMissing } from "../../codedeploy/checks/known-resources.ts";
import { openPage } from "../../listed-page.ts";
import type { Operation } from "../../operation.ts";
import type { SluiceContext } from "../sluice-context.ts";

/** As many as a deployment has at most. */
const TARGETS_PAGE = 1_000;

/**
 * Every target and its events, in admission order. Events of the stream after `eventId`, applied to the answer, give what is true then: both
 * are of one moment.
 */
export const listGridTargets: Operation<ListGridTargetsInput, ListGridTargetsOutput, SluiceContext> = async (
  input,
  context,
) => {
  const deploymentId = requireDeploymentId(input.deploymentId);
  const page = openPage(
    { operation: "ListGridTargets", input, token: input.nextToken, size: TARGETS_PAGE, shape: ["number"] },
    context,
  );
  const [after] = page.after ?? [];
  return readSnapshot(context.store, async (db) => {
    const row = await findDeployment(db, deploymentId);
    if (!row) throw deploymentMissing(deploymentId);
    const eventId = String(await newestEventId({ db }));
    const read = await pageOfTargets(db, deploymentId, after ?? -1, page.limit);
    const { items, nextToken } = page.cut(read, ({ ordinal }) => [ordinal]);
    return {
      targets: items.map(({ target }) => gridTarget(target)),
      eventId,
      ...(nextToken === undefined ? {} : { nextToken }),
    };
  });
};

function gridTarget(target: TargetState): GridTarget {
  const { targetId, type, status, lifecycleEvents } = target;
  return {
    targetId,
    hostName: targetName(target),
    ...(target.type === "host" && target.zone !== null ? { zone: target.zone } : {}),
    ...(target.type === "host" && target.label !== null ? { label: target.label } : {}),
    type,
    status,
    events: lifecycleEvents.map(gridEvent),
  };
}

function gridEvent({ name, status, by, startedAt, endedAt, diagnostics }: LifecycleEventState): GridEvent {
  const hasFailed = diagnostics && (status === "Failed" || status === "Unknown");
  return {
    name,
    status,
    by,
    ...(startedAt === null ? {} : { startedAt: new Date(startedAt) }),
    ...(endedAt === null ? {} : { endedAt: new Date(endedAt) }),
    ...(hasFailed
      ? {
          errorCode: diagnostics.errorCode,
          scriptName: diagnostics.scriptName || undefined,
          message: diagnostics.message,
        }
      : {}),
  };
}
