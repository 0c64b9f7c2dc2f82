import { archiveObject } from "@sluice/model/git-hub-archive.ts";
import { DEPLOYMENT_REVISION } from "./columns/deployment-columns.ts";
import type { Store } from "./open-store.ts";

/** The keys, in the bucket of GitHub's archives, of the revisions of the deployments that are under way. */
export async function archivesInUse({ db }: Pick<Store, "db">): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom("deployments")
    .select(["deployment_id", "revision_json"])
    .where("active", "=", 1)
    .where("compute_platform", "=", "Server")
    .execute();
  const revisions = rows.map((row) => DEPLOYMENT_REVISION.read(row));
  return new Set(
    revisions.flatMap((revision) =>
      revision.revisionType === "GitHub" ? [archiveObject(revision.gitHubLocation).key] : [],
    ),
  );
}
