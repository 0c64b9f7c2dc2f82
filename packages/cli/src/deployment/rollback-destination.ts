import type { DeploymentInfo, RevisionLocation } from "@aws-sdk/client-codedeploy";
import { revisionKey, type RevisionLocation as StoredRevisionLocation } from "@sluice/model/revision-location.ts";
import { revisionName } from "@sluice/model/revision-name.ts";
import { ROLLBACK_DESCRIPTION_PREFIX } from "@sluice/model/rollback-description.ts";
import { shellWord } from "@sluice/model/shell-word.ts";
import type { CodeDeployClient } from "@sluice/wire/client/clients.ts";
import { ServiceError } from "@sluice/wire/client/errors.ts";
import { CommandFailed } from "../command-failed.ts";
import { allPages } from "../place/all-pages.ts";
import { formatAge } from "../terminal/printing.ts";
import { requireDeployablePlatform } from "./deployable-platform.ts";

/** What is to run again. */
export interface Destination {
  readonly revision: RevisionLocation;
  /** Of which it was the revision, and when that began. */
  readonly deploymentId: string;
  readonly at: Date | undefined;
}

const FINAL_STATUSES = new Set<string | undefined>(["Succeeded", "Failed", "Stopped"]);

/**
 * Where `sluice rollback` goes.
 * @param dataDirectory as given with --data: the commands that are proposed get it, too
 * @throws CommandFailed where there is nowhere to go, or where a deployment is in progress, which only a stop rolls back
 */
export async function findDestination(
  codeDeploy: Pick<CodeDeployClient, "call">,
  { application, group, to }: { readonly application: string; readonly group: string; readonly to?: string },
  dataDirectory: string | undefined,
): Promise<Destination> {
  const data = dataDirectory === undefined ? "" : ` --data ${shellWord(dataDirectory)}`;
  const place = `--application ${shellWord(application)} --group ${shellWord(group)}`;
  const { deploymentGroupInfo: info } = await codeDeploy.call("GetDeploymentGroup", {
    applicationName: application,
    deploymentGroupName: group,
  });
  const platform = requireDeployablePlatform(info);
  const { lastAttemptedDeployment: attempted, lastSuccessfulDeployment: successful, targetRevision } = info ?? {};
  if (attempted?.deploymentId !== undefined && !FINAL_STATUSES.has(attempted.status)) {
    throw inProgress(await readDeployment(attempted.deploymentId), attempted.deploymentId);
  }
  if (to !== undefined) return destinationOf(await readDeployment(to), to);
  if (successful?.deploymentId === undefined || targetRevision === undefined) {
    throw new CommandFailed(
      `group ${group} of ${application} has no successful deployment to roll back to. Deploy a revision that works: sluice deploy ${platform === "Server" ? "DIRECTORY" : "APPSPEC_FILE"} ${place}${data}`,
    );
  }
  if (attempted?.deploymentId !== successful.deploymentId) {
    return { revision: targetRevision, deploymentId: successful.deploymentId, at: successful.createTime };
  }
  const runs = keyOf(targetRevision);
  const current = await readDeployment(successful.deploymentId);
  if (isRollback(current)) {
    const earlier = await lastOfAnotherRevision(await beginOfOrigin(current));
    throw new CommandFailed(
      `group ${group} of ${application} already runs ${revisionName(targetRevision)}, which the rollback ${successful.deploymentId} deployed. ` +
        (earlier === undefined
          ? "No other revision was deployed successfully before it. To deploy another revision, name its deployment with --to"
          : `To roll back further, to ${describe(earlier)}: sluice rollback ${place} --to ${earlier.deploymentId}${data}`),
    );
  }
  const earlier = await lastOfAnotherRevision("now");
  if (earlier !== undefined) return earlier;
  throw new CommandFailed(
    `group ${group} of ${application} has nothing to roll back to: it runs the revision of ${successful.deploymentId}, and no other revision was ever deployed successfully. Name a deployment with --to`,
  );

  /** Nothing is claimed that the server then refuses: a group has one deployment at a time. */
  function inProgress(deployment: DeploymentInfo, deploymentId: string): CommandFailed {
    const stop = `sluice stop ${deploymentId}`;
    if (deployment.instanceTerminationWaitTimeStarted) {
      return new CommandFailed(
        `${deploymentId} still keeps its original ${platform === "ECS" ? "task set" : "hosts"}. To move the traffic back: ${stop} --rollback${data}`,
      );
    }
    const isIn = `${deploymentId} of group ${group} of ${application} is in progress`;
    // What the server started by itself, it does not roll back.
    return new CommandFailed(
      deployment.creator === "user"
        ? `${isIn}. To stop it and roll it back: ${stop} --rollback${data}`
        : `${isIn}. Wait for it to end, or stop it: ${stop}${data}`,
    );
  }

  /**
   * A second deployment of what runs, and rollbacks, may lie in between.
   * @param before a rollback goes back only from what it deployed again; "unknown": from the newest deployment of what runs
   */
  async function lastOfAnotherRevision(before: Date | "unknown" | "now"): Promise<Destination | undefined> {
    let isEarlier = before === "now";
    for await (const deployment of successfulDeployments()) {
      const { revision, deploymentId, createTime } = deployment;
      if (revision === undefined || deploymentId === undefined || isRollback(deployment)) continue;
      const isOther = keyOf(revision) !== runs;
      if (before instanceof Date) isEarlier = createTime !== undefined && createTime < before;
      else isEarlier ||= !isOther;
      if (isEarlier && isOther) return destinationOf(deployment, deploymentId);
    }
    return undefined;
  }

  /** When the deployment began that a rollback repeats. An automatic rollback does not name it. */
  async function beginOfOrigin({ description }: DeploymentInfo): Promise<Date | "unknown"> {
    if (!description?.startsWith(ROLLBACK_DESCRIPTION_PREFIX)) return "unknown";
    try {
      const origin = await readDeployment(description.slice(ROLLBACK_DESCRIPTION_PREFIX.length));
      return isRollback(origin) ? await beginOfOrigin(origin) : (origin.createTime ?? "unknown");
    } catch (error) {
      // It was removed, or a person wrote the description.
      if (error instanceof ServiceError) return "unknown";
      throw error;
    }
  }

  /** Newest first. */
  async function* successfulDeployments(): AsyncGenerator<DeploymentInfo> {
    const ids = allPages(
      (nextToken) =>
        codeDeploy.call("ListDeployments", {
          applicationName: application,
          deploymentGroupName: group,
          includeOnlyStatuses: ["Succeeded"],
          nextToken,
        }),
      ({ deployments }) => deployments,
    );
    for await (const deploymentId of ids) yield readDeployment(deploymentId);
  }

  async function readDeployment(deploymentId: string): Promise<DeploymentInfo> {
    const { deploymentInfo } = await codeDeploy.call("GetDeployment", { deploymentId });
    return deploymentInfo ?? {};
  }
}

function keyOf(location: RevisionLocation): string {
  return revisionKey(location as StoredRevisionLocation);
}

function destinationOf({ revision, createTime }: DeploymentInfo, deploymentId: string): Destination {
  if (revision === undefined) throw new CommandFailed(`${deploymentId} has no revision`);
  return { revision, deploymentId, at: createTime };
}

/** By the server itself, or by this verb. */
function isRollback({ creator, description }: DeploymentInfo): boolean {
  return creator === "codeDeployRollback" || (description?.startsWith(ROLLBACK_DESCRIPTION_PREFIX) ?? false);
}

/** `s3://…, the revision of d-A1B2C3D4E (2026-11-28T10:00:00.000Z, 3 h ago)` */
export function describe({ revision, deploymentId, at }: Destination): string {
  const when = at === undefined ? "" : ` (${at.toISOString()}, ${formatAge(Date.now() - at.getTime())})`;
  return `${revisionName(revision)}, the revision of ${deploymentId}${when}`;
}
