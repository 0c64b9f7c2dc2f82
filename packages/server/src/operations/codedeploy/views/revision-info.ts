import type { GenericRevisionInfo } from "@aws-sdk/client-codedeploy";
import type { RevisionRow } from "../../../store/revisions.ts";

/** `groupNames` are the groups that have the revision now. */
export function genericRevisionInfo(row: RevisionRow, groupNames: readonly string[]): GenericRevisionInfo {
  return {
    description: row.description,
    deploymentGroups: [...groupNames],
    firstUsedTime: row.first_used_at === null ? undefined : new Date(row.first_used_at),
    lastUsedTime: row.last_used_at === null ? undefined : new Date(row.last_used_at),
    registerTime: new Date(row.registered_at),
  };
}
