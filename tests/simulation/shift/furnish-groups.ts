import type { RevisionLocation } from "@sluice/model/revision-location.ts";
import { GROUP_FIELDS, TARGET_REVISION } from "@sluice/server/store/columns/group-columns.ts";
import type { Store } from "@sluice/server/store/open-store.ts";
import { START } from "../simulated-time.ts";
import type { ShiftGroupScenario } from "./shift-scenario.ts";

/** The database as the past left it. */
export async function furnishGroups(
  store: Store,
  computePlatform: "ECS" | "Lambda",
  groups: readonly ShiftGroupScenario[],
  currentRevisionOf: (groupId: string) => RevisionLocation,
): Promise<void> {
  await store.write(async ({ db }) => {
    await db
      .insertInto("applications")
      .values({ application_id: "app", application_name: "app", compute_platform: computePlatform, created_at: START })
      .execute();
    for (const { name, hasSuccess } of groups) {
      await db
        .insertInto("deployment_groups")
        .values({
          deployment_group_id: name,
          application_id: "app",
          deployment_group_name: name,
          deployment_config_name: `CodeDeployDefault.${computePlatform}AllAtOnce`,
          fields_json: GROUP_FIELDS.write({
            serviceRoleArn: "",
            deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
          }),
          target_revision_json: hasSuccess ? TARGET_REVISION.write(currentRevisionOf(name)) : null,
          last_attempted_deployment_id: null,
          last_successful_deployment_id: null,
          created_at: START,
        })
        .execute();
    }
  });
}
