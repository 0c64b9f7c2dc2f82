import { UnreadableColumn } from "@sluice/model/stored-json/stored-json.ts";
import type { ApplicationRow } from "./applications.ts";
import { GROUP_SETTINGS, type GroupSettings, USUAL_SETTINGS } from "./columns/group-columns.ts";
import { type DeploymentGroupRow, lockDeploymentGroup } from "./deployment-groups.ts";
import type { WriteTransaction } from "./group-commit.ts";
import type { Store } from "./open-store.ts";

export function settingsOf(row: Pick<DeploymentGroupRow, "deployment_group_id" | "settings_json">): GroupSettings {
  return GROUP_SETTINGS.read(row) ?? USUAL_SETTINGS;
}

/** What is left out stays. Undefined: the group was deleted. */
export async function changeGroupSettings(
  transaction: WriteTransaction,
  deploymentGroupId: string,
  change: Partial<GroupSettings>,
): Promise<GroupSettings | undefined> {
  const row = await lockDeploymentGroup(transaction, deploymentGroupId);
  if (!row) return undefined;
  const settings = { ...settingsOf(row), ...change };
  // Null when there is nothing to say, so that groups with a setting are found by a small index.
  const isDefault = (Object.keys(USUAL_SETTINGS) as (keyof GroupSettings)[]).every(
    (name) => settings[name] === USUAL_SETTINGS[name],
  );
  await transaction.db
    .updateTable("deployment_groups")
    .set({ settings_json: isDefault ? null : GROUP_SETTINGS.write(settings) })
    .where("deployment_group_id", "=", deploymentGroupId)
    .execute();
  return settings;
}

export interface GroupOfApplication {
  readonly application: ApplicationRow;
  readonly group: DeploymentGroupRow;
}

/**
 * The groups on servers that ask for it and have a revision to give.
 *
 * @param onUnreadable told of a group whose settings cannot be read, which is left out
 */
export async function groupsThatDeployToLateHosts(
  { db }: Pick<Store, "db">,
  onUnreadable: (error: UnreadableColumn) => void,
): Promise<GroupOfApplication[]> {
  const groups = await db
    .selectFrom("deployment_groups")
    .selectAll()
    .where("settings_json", "is not", null)
    .where("last_successful_deployment_id", "is not", null)
    .orderBy("deployment_group_id")
    .execute();
  const asking = groups.filter((group) => {
    try {
      return settingsOf(group).deployToLateHosts;
    } catch (error) {
      if (!(error instanceof UnreadableColumn)) throw error;
      onUnreadable(error);
      return false;
    }
  });
  if (asking.length === 0) return [];
  const applications = await db
    .selectFrom("applications")
    .selectAll()
    .where("compute_platform", "=", "Server")
    .where("application_id", "in", [...new Set(asking.map((group) => group.application_id))])
    .execute();
  const byId = new Map(applications.map((application) => [application.application_id, application]));
  return asking.flatMap((group) => {
    const application = byId.get(group.application_id);
    return application ? [{ application, group }] : [];
  });
}
