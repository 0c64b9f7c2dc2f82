import { newHostRow } from "@sluice/server/hosts/new-host.ts";
import { FIRST_RESTART_AGENT_VERSION } from "@sluice/server/preflight/host-restarts.ts";
import { CONFIG_FIELDS, type DeploymentConfigFields } from "@sluice/server/store/columns/catalogue-columns.ts";
import {
  type DeploymentGroupFields,
  GROUP_FIELDS,
  TARGET_REVISION,
} from "@sluice/server/store/columns/group-columns.ts";
import type { Store } from "@sluice/server/store/open-store.ts";
import { START } from "../simulated-time.ts";
import { fleetTag, type HostScenario, type ScenarioGroup } from "./host-scenario.ts";

const HOUR = 3_600_000;
const OLD_AGENT_VERSION = "0.1.0";
const CURRENT_REVISION = {
  revisionType: "S3",
  s3Location: { bucket: "b", key: "current", bundleType: "zip" },
} as const;
export const CURRENT_REVISION_KEY = "s3://b/current#zip##";

export function identifierOf(hostId: string): string {
  return `arn:aws:ec2:us-east-1:111122223333:instance/${hostId}`;
}

/** The database as the past left it. */
export async function furnishHosts(store: Store, { hosts, groups }: HostScenario): Promise<void> {
  await store.write(async ({ db }) => {
    await db
      .insertInto("applications")
      .values({ application_id: "app", application_name: "app", compute_platform: "Server", created_at: START })
      .execute();
    for (const { hostId, nature, zone, isOld } of hosts) {
      const tags = groups.flatMap(({ name, members, others }) =>
        [members, others].flatMap((fleet, index) =>
          fleet.includes(hostId) ? [{ Key: fleetTag(name, index === 0 ? 0 : 1), Value: "" }] : [],
        ),
      );
      const row = newHostRow({
        hostId,
        hostName: hostId,
        kind: "instance",
        hostIdentifier: identifierOf(hostId),
        tags,
        now: START - HOUR,
      });
      await db
        .insertInto("hosts")
        .values(
          nature === "declared"
            ? { ...row, zone }
            : {
                ...row,
                zone,
                agent: "sluice",
                agent_version: isOld ? OLD_AGENT_VERSION : FIRST_RESTART_AGENT_VERSION,
                enrolled_at: START - HOUR,
              },
        )
        .execute();
    }
    for (const group of groups) {
      await db
        .insertInto("deployment_configs")
        .values({
          deployment_config_id: group.name,
          deployment_config_name: group.name,
          fields_json: CONFIG_FIELDS.write(configOf(group)),
          created_at: START,
        })
        .execute();
      await db
        .insertInto("deployment_groups")
        .values({
          deployment_group_id: group.name,
          application_id: "app",
          deployment_group_name: group.name,
          deployment_config_name: group.name,
          fields_json: GROUP_FIELDS.write(fieldsOf(group)),
          target_revision_json: group.hasSuccess ? TARGET_REVISION.write(CURRENT_REVISION) : null,
          last_attempted_deployment_id: null,
          last_successful_deployment_id: null,
          created_at: START,
        })
        .execute();
      for (const [hostId, { healthy, revisionKey }] of group.prior) {
        await db
          .insertInto("group_hosts")
          .values({
            deployment_group_id: group.name,
            target_id: hostId,
            deployment_id: "d-000000000",
            healthy: healthy ? 1 : 0,
            revision_key: revisionKey,
          })
          .execute();
      }
    }
  });
}

function configOf({ healthRule, strategy }: ScenarioGroup): DeploymentConfigFields {
  const zonalConfig =
    strategy.type === "zonal"
      ? {
          firstZoneMonitorDurationInSeconds: strategy.firstZoneMonitorSeconds,
          monitorDurationInSeconds: strategy.monitorSeconds,
          ...(strategy.minimumPerZone ? { minimumHealthyHostsPerZone: strategy.minimumPerZone } : {}),
        }
      : undefined;
  return { computePlatform: "Server", minimumHealthyHosts: healthRule, ...(zonalConfig ? { zonalConfig } : {}) };
}

function fieldsOf({ name, strategy }: ScenarioGroup): DeploymentGroupFields {
  const fields: DeploymentGroupFields = {
    serviceRoleArn: "",
    ec2TagFilters: [{ Key: fleetTag(name, 0), Type: "KEY_ONLY" }],
  };
  const loadBalancerInfo = { targetGroupInfoList: [{ name }] };
  switch (strategy.type) {
    case "in-place":
    case "zonal":
      return fields;
    case "in-place with traffic": {
      const deploymentStyle = { deploymentType: "IN_PLACE", deploymentOption: "WITH_TRAFFIC_CONTROL" } as const;
      return { ...fields, deploymentStyle, loadBalancerInfo };
    }
    case "blue/green":
      return {
        ...fields,
        deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
        loadBalancerInfo,
        blueGreenDeploymentConfiguration: {
          deploymentReadyOption:
            strategy.readyWaitMinutes === null
              ? { actionOnTimeout: "CONTINUE_DEPLOYMENT" }
              : { actionOnTimeout: "STOP_DEPLOYMENT", waitTimeInMinutes: strategy.readyWaitMinutes },
          greenFleetProvisioningOption: { action: "DISCOVER_EXISTING" },
          terminateBlueInstancesOnDeploymentSuccess:
            strategy.terminationWaitMinutes === null
              ? { action: "KEEP_ALIVE" }
              : { action: "TERMINATE", terminationWaitTimeInMinutes: strategy.terminationWaitMinutes },
        },
      };
  }
}
