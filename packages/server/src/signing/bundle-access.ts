import type { RevisionLocation } from "@sluice/model/revision-location.ts";
import type { Store } from "../store/open-store.ts";

/** A host's key reads the bundles of deployments that have a running command for it, and nothing else in the bucket. */
export async function mayHostReadObject(store: Store, hostId: string, bucket: string, key: string): Promise<boolean> {
  const rows = await store.db
    .selectFrom("targets")
    .innerJoin("deployments", "deployments.deployment_id", "targets.deployment_id")
    .select("revision_json")
    .where("target_id", "=", hostId)
    .where("command_state", "is not", null)
    .execute();
  return rows.some((row) => {
    const revision = JSON.parse(row.revision_json) as RevisionLocation;
    return revision.revisionType === "S3" && revision.s3Location.bucket === bucket && revision.s3Location.key === key;
  });
}
