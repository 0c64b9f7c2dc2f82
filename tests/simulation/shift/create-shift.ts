import type { ShiftStrategy } from "@sluice/engine/strategies/shift/shift-strategies.ts";
import type { ShiftSchedule } from "@sluice/engine/traffic-shift.ts";
import type { RevisionLocation } from "@sluice/model/revision-location.ts";
import { createDeployment } from "@sluice/server/operations/codedeploy/deployments/create-deployment.ts";
import {
  type DeploymentGroupFields,
  GROUP_FIELDS,
  GROUP_SETTINGS,
  type GroupSettings,
} from "@sluice/server/store/columns/group-columns.ts";
import { findDeploymentConfig, insertDeploymentConfig } from "@sluice/server/store/deployment-configs.ts";
import type { SimulatedServer } from "../simulated-server.ts";
import { configOf } from "./schedule-config.ts";
import type { ShiftDeployment } from "./shift-scenario.ts";

export interface NewShift {
  /** What whoever asks calls it; the API finds an id of its own. */
  readonly deploymentId: string;
  readonly group: string;
  readonly revision: string;
  readonly strategy: ShiftStrategy;
  readonly deployment: ShiftDeployment;
}

/** What the group says, and the revision. */
export interface AskedShift {
  readonly platform: "ECS" | "Lambda";
  readonly fields: DeploymentGroupFields;
  readonly settings: GroupSettings;
  readonly schedule: ShiftSchedule;
  readonly revision: RevisionLocation;
}

/** As a person does it: the group says where and how long, a configuration how fast, and the AppSpec comes with CreateDeployment. */
export async function createShift(
  server: SimulatedServer,
  { deploymentId, group, deployment }: Pick<NewShift, "deploymentId" | "group" | "deployment">,
  { platform, fields, settings, schedule, revision }: AskedShift,
  now: number,
): Promise<void> {
  const config = configOf(platform, schedule);
  const { deploymentConfigName } = config;
  await server.store.write(async ({ db }) => {
    if (!(await findDeploymentConfig(db, deploymentConfigName))) await insertDeploymentConfig(db, config, now);
    await db
      .updateTable("deployment_groups")
      .set({ fields_json: GROUP_FIELDS.write(fields), settings_json: GROUP_SETTINGS.write(settings) })
      .where("deployment_group_id", "=", group)
      .execute();
  });
  const { rollbackEvents, watchesAlarm, ignoresPollFailure } = deployment;
  await createDeployment(
    {
      applicationName: "app",
      deploymentGroupName: group,
      deploymentConfigName,
      description: deploymentId,
      revision,
      autoRollbackConfiguration:
        rollbackEvents === null ? { enabled: false } : { enabled: true, events: [...rollbackEvents] },
      overrideAlarmConfiguration: {
        enabled: watchesAlarm,
        ignorePollAlarmFailure: ignoresPollFailure,
        alarms: [{ name: group }],
      },
    },
    server.codeDeploy,
  );
}
