import type { Strategy } from "@sluice/engine/state.ts";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { ComputePlatform, DeploymentConfig } from "@sluice/model/deployment-config.ts";
import type { RevisionLocation } from "@sluice/model/revision-location.ts";
import type { ApplicationRow } from "../store/applications.ts";
import type { DeploymentGroupFields } from "../store/columns/group-columns.ts";
import type { AskedOfRollout } from "./asked-of-rollout.ts";
import { checkHostRevision, checkHostsDeployable } from "./host-deployability.ts";
import { hostRollout } from "./host-rollout.ts";

/** How one platform's deployments are made. Each refuses by a CallerFault. */
export interface DeployablePlatform {
  checkRevision(revision: RevisionLocation): void;
  /** The one check for every door to a deployment: CreateDeployment, its plan, and late hosts. */
  checkGroup(groupName: string, fields: DeploymentGroupFields): void;
  /** How the deployment goes, by its group, which was checked, and its configuration. */
  rollout(fields: DeploymentGroupFields, config: DeploymentConfig, asked: AskedOfRollout): Strategy;
}

/** Null: this server does not deploy to the platform yet. */
const DEPLOYABLE_PLATFORMS: Readonly<Record<ComputePlatform, DeployablePlatform | null>> = {
  Server: { checkRevision: checkHostRevision, checkGroup: checkHostsDeployable, rollout: hostRollout },
  Lambda: null,
  ECS: null,
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
