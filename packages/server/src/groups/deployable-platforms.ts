import type { Strategy } from "@sluice/engine/state.ts";
import type { ComputePlatform } from "@sluice/model/deployment-config.ts";
import type { RevisionLocation } from "@sluice/model/revision-location.ts";
import type { ApplicationRow } from "../store/applications.ts";
import type { DeploymentGroupFields } from "../store/columns/group-columns.ts";
import type { AskedOfRollout } from "./asked-of-rollout.ts";
import { checkEcsDeployable } from "./ecs-deployability.ts";
import { ecsRollout } from "./ecs-rollout.ts";
import type { GroupOfRollout } from "./group-of-rollout.ts";
import { checkHostRevision, checkHostsDeployable } from "./host-deployability.ts";
import { hostRollout } from "./host-rollout.ts";
import { lambdaRollout } from "./lambda-rollout.ts";
import { checkNothingOfHosts } from "./nothing-of-hosts.ts";
import type { ReadRevision, RevisionReader } from "./read-revision.ts";
import { checkServiceRevision } from "./service-revision.ts";

/** How one platform's deployments are made. Each refuses by a CallerFault. */
export interface DeployablePlatform {
  checkRevision(revision: RevisionLocation): void;
  /** What may not be asked of any deployment to the platform, whatever its group. */
  checkAsked(asked: AskedOfRollout): void;
  /** The one check for every door to a deployment: CreateDeployment, its plan, and late hosts. */
  checkGroup(groupName: string, fields: DeploymentGroupFields): void;
  readonly revisionsReadBy: RevisionReader;
  /** How the deployment goes, by its group, which was checked, and its revision, read where the server reads it. */
  rollout(group: GroupOfRollout, asked: AskedOfRollout, revision: ReadRevision): Strategy;
}

const DEPLOYABLE_PLATFORMS: Readonly<Record<ComputePlatform, DeployablePlatform>> = {
  Server: {
    checkRevision: checkHostRevision,
    checkAsked: () => {},
    checkGroup: checkHostsDeployable,
    revisionsReadBy: "hosts",
    rollout: hostRollout,
  },
  Lambda: {
    checkRevision: (revision) => checkServiceRevision("Lambda", revision),
    checkAsked: (asked) => checkNothingOfHosts("Lambda", asked),
    // A group names no function: the AppSpec does.
    checkGroup: () => {},
    revisionsReadBy: "server",
    rollout: lambdaRollout,
  },
  ECS: {
    checkRevision: (revision) => checkServiceRevision("ECS", revision),
    checkAsked: (asked) => checkNothingOfHosts("ECS", asked),
    checkGroup: checkEcsDeployable,
    revisionsReadBy: "server",
    rollout: ecsRollout,
  },
};

export function deployablePlatformOf({
  compute_platform: platform,
}: Pick<ApplicationRow, "compute_platform">): DeployablePlatform {
  return DEPLOYABLE_PLATFORMS[platform];
}
