import type { DeploymentSnapshot } from "@sluice/wire/sluice/console-api.ts";
import type { StoredSnapshot } from "../../../store/columns/console-columns.ts";
import { deploymentConfigInfo } from "../../codedeploy/deployment-configs/get-deployment-config.ts";
import { shownGroupFields } from "../../codedeploy/views/shown-group-fields.ts";
import { shownSettings } from "../get-and-put-group-settings.ts";

/** A snapshot in the words of GetDeploymentGroup, GetDeploymentConfig and GetGroupSettings. What changes with every deployment is not in it. */
export function snapshotView(
  deploymentId: string,
  { takenAt, snapshot }: { readonly takenAt: number; readonly snapshot: StoredSnapshot },
): DeploymentSnapshot {
  const { fields, deploymentConfig, settings, computePlatform, applicationName, ...names } = snapshot;
  return {
    deploymentId,
    takenAt: new Date(takenAt),
    deploymentGroup: {
      applicationName,
      ...names,
      computePlatform,
      ...shownGroupFields(computePlatform, fields),
      autoScalingGroups: (fields.autoScalingGroups ?? []).map((name) => ({ name })),
    },
    ...(deploymentConfig === null ? {} : { deploymentConfig: deploymentConfigInfo(deploymentConfig) }),
    settings: shownSettings(computePlatform, settings),
  };
}
