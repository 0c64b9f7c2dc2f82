import type { Strategy } from "@sluice/engine/state.ts";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { ComputePlatform } from "@sluice/model/deployment-config.ts";
import type { RevisionLocation } from "@sluice/model/revision-location.ts";
import type { ApplicationRow } from "../store/applications.ts";
import type { DeploymentGroupFields } from "../store/columns/group-columns.ts";
import type { AskedOfRollout } from "./asked-of-rollout.ts";
import { checkEcsDeployable, checkEcsRevision } from "./ecs-deployability.ts";
import { ecsRollout } from "./ecs-rollout.ts";
import type { GroupOfRollout } from "./group-of-rollout.ts";
import { checkHostRevision, checkHostsDeployable } from "./host-deployability.ts";
import { hostRollout } from "./host-rollout.ts";
import { checkNothingOfHosts } from "./nothing-of-hosts.ts";
import type { ReadRevision, RevisionReader } from "./read-revision.ts";

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

/** Null: this server does not deploy to the platform yet. */
const DEPLOYABLE_PLATFORMS: Readonly<Record<ComputePlatform, DeployablePlatform | null>> = {
  Server: {
    checkRevision: checkHostRevision,
    checkAsked: () => {},
    checkGroup: checkHostsDeployable,
    revisionsReadBy: "hosts",
    rollout: hostRollout,
  },
  Lambda: null,
  ECS: {
    checkRevision: checkEcsRevision,
    checkAsked: (asked) => checkNothingOfHosts("ECS", asked),
    checkGroup: checkEcsDeployable,
    revisionsReadBy: "server",
    rollout: ecsRollout,
  },
};

/** Asked before anything is said of the revision or of an option: they may well be right for the application, and would not help. */
export function requireDeployablePlatform({
  application_name,
  compute_platform,
}: Pick<ApplicationRow, "application_name" | "compute_platform">): DeployablePlatform {
  const platform = DEPLOYABLE_PLATFORMS[compute_platform];
  if (platform) return platform;
  throw new CallerFault(
    "NotImplementedException",
    `This server does not deploy to ${compute_platform} yet. The application ${application_name} is of the compute platform ${compute_platform}: deploying to it is not implemented yet; see docs/reference/api.md.`,
  );
}
