import { CallerFault } from "@sluice/model/caller-fault.ts";
import { revisionKey } from "@sluice/model/revision-location.ts";
import type { GetHostInput, GetHostOutput, HostRevision } from "@sluice/wire/sluice/console-api.ts";
import { hostSummary } from "../../../hosts/host-summary.ts";
import { hostTrouble } from "../../../hosts/host-trouble.ts";
import { listDeploymentsOfTarget } from "../../../store/deployment-history.ts";
import { type AttemptOnHost, listAttemptsOnHost } from "../../../store/group-hosts.ts";
import { countRunningCommands, findHostByName, findHostByWord } from "../../../store/hosts.ts";
import { withoutContent } from "../../codedeploy/checks/revision-input.ts";
import type { Operation } from "../../operation.ts";
import { noSuchHost } from "../host-request.ts";
import type { SluiceContext } from "../sluice-context.ts";
import { deploymentSummaries } from "./deployment-summary.ts";

/** Deployments of one answer: `sluice deployments` and SearchDeployments list the others. */
export const MAX_HOST_DEPLOYMENTS = 20;

/** A host by its name or id: how it is, why it is not alive, what lies on it, and what was deployed to it lately. */
export const getHost: Operation<GetHostInput, GetHostOutput, SluiceContext> = async (input, context) => {
  const { store, liveness, publicEndpoint } = context;
  if (!input.host) throw new CallerFault("ValidationException", "host is missing: give the host's id or name.");
  const row = (await findHostByWord(store.db, input.host)) ?? (await findHostByName(store.db, input.host));
  if (!row) throw noSuchHost(input.host);
  const now = context.now();
  const held = await countRunningCommands(store.db, [row.host_id]);
  const attempts = await listAttemptsOnHost(store, row.host_id);
  const deployments = await listDeploymentsOfTarget(store.db, row.host_id, MAX_HOST_DEPLOYMENTS);
  return {
    host: hostSummary(row, liveness, now, held.get(row.host_id) ?? 0),
    ...hostTrouble(row, liveness, { now, serverUrl: publicEndpoint }),
    revisions: attempts.map(hostRevision),
    deployments: await deploymentSummaries(store, deployments),
  };
};

function hostRevision({ succeeded, revision, groupRevision, revisionKey: key, ...names }: AttemptOnHost): HostRevision {
  const isCurrent = groupRevision !== null && revisionKey(groupRevision) === key;
  const { applicationName, deploymentGroupName, deploymentId } = names;
  return {
    applicationName,
    deploymentGroupName,
    deploymentId,
    ...(revision === null ? {} : { revision: withoutContent(revision) }),
    isHealthy: succeeded,
    standing: isCurrent ? "Current" : "Old",
  };
}
