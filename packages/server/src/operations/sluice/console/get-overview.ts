import { causeFirst } from "@sluice/model/aws-sentences.ts";
import { truncate } from "@sluice/model/excerpt.ts";
import type {
  GetOverviewInput,
  GetOverviewOutput,
  GroupOverview,
  LastDeployment,
} from "@sluice/wire/sluice/console-api.ts";
import type { HostState } from "@sluice/wire/sluice/sluice-api.ts";
import { hostState } from "../../../hosts/host-summary.ts";
import { activeDeployments } from "../../../store/active-deployments.ts";
import { TARGET_REVISION } from "../../../store/columns/group-columns.ts";
import { newestEventId } from "../../../store/events.ts";
import { listLivingHosts } from "../../../store/hosts.ts";
import { lastDeployments, overviewGroups } from "../../../store/overview-groups.ts";
import { readSnapshot } from "../../../store/read-snapshot.ts";
import { withoutContent } from "../../codedeploy/checks/revision-input.ts";
import type { Operation } from "../../operation.ts";
import type { SluiceContext } from "../sluice-context.ts";
import { attentionTo } from "./attention.ts";
import { deployedBy, deploymentSummaries, lastDeployment } from "./deployment-summary.ts";

/** Of what a deployment ended by. */
const MAX_CAUSE_CHARACTERS = 200;

const HOST_STATES: readonly HostState[] = ["alive", "dark", "unknown", "enrolled", "declared"];

/** The state of everything, in a handful of statements, however much there is. Of one moment. */
export const getOverview: Operation<GetOverviewInput, GetOverviewOutput, SluiceContext> = async (_input, context) => {
  const { store, liveness, now } = context;
  const { active, summaries, groups, last, hosts, eventId } = await readSnapshot(store, async (db) => {
    const active = await activeDeployments(db);
    return {
      active,
      eventId: await newestEventId({ db }),
      summaries: await deploymentSummaries({ db }, active),
      groups: await overviewGroups(db),
      last: await lastDeployments(db),
      hosts: await listLivingHosts(db),
    };
  });
  const at = now();
  const states = hosts.map((row) => ({ row, state: hostState(row, liveness, at) }));
  return {
    attention: await attentionTo({ active, summaries, groups, last, hosts: states, at }, context),
    deployments: summaries,
    groups: groups.map((row): GroupOverview => {
      const { deployment_group_id: id, deployment_group_name: name } = row;
      const newest = last.get(row.last_attempted_deployment_id ?? "");
      const revision =
        id === null
          ? null
          : TARGET_REVISION.read({ deployment_group_id: id, target_revision_json: row.target_revision_json });
      return {
        applicationName: row.application_name,
        deploymentGroupName: name ?? "",
        computePlatform: row.compute_platform,
        ...(revision ? { revision: withoutContent(revision), deploys: deployedBy(revision) } : {}),
        ...(row.deployed_at === null ? {} : { deployedAt: new Date(row.deployed_at) }),
        ...(newest ? { lastDeployment: inShort(lastDeployment(newest)) } : {}),
        isRolledBack: row.rolled_back_json !== null,
      };
    }),
    hosts: HOST_STATES.map((state) => ({ state, count: states.filter((host) => host.state === state).length })).filter(
      ({ count }) => count > 0,
    ),
    eventId: String(eventId),
  };
};

/** Messages quote logs; of a thousand groups they would be most of the answer. */
function inShort({ errorMessage, ...last }: LastDeployment): LastDeployment {
  if (errorMessage === undefined) return last;
  return { ...last, errorMessage: truncate(causeFirst(errorMessage).cause, MAX_CAUSE_CHARACTERS) };
}
