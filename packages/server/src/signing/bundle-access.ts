import { archiveObject } from "@sluice/model/git-hub-archive.ts";
import type { Principal } from "../access/principal.ts";
import { DEPLOYMENT_REVISION } from "../store/columns/deployment-columns.ts";
import type { Store } from "../store/open-store.ts";

/** What an agent may have at hand. Traffic events are the load balancer's, and no host needs a bundle for them. */
const COMMANDS_OF_AGENTS = ["available", "acknowledged"] as const;

/**
 * A host's key reads the bundles of deployments that are under way and have a command open for it, and nothing else in the bucket: of a
 * revision with a version only that version, of one without only what is current. The key itself is looked for again: one that was removed opens nothing from that moment on.
 */
export async function mayHostReadObject(
  store: Store,
  { accessKeyId, hostId }: Principal,
  {
    bucket,
    key,
    versionId,
  }: { readonly bucket: string; readonly key: string; readonly versionId?: string | undefined },
): Promise<boolean> {
  if (hostId === null) return false;
  const rows = await openCommands(store, hostId)
    .innerJoin("access_keys", "access_keys.host_id", "targets.target_id")
    .select(["deployments.deployment_id", "revision_json"])
    .where("access_keys.access_key_id", "=", accessKeyId)
    .execute();
  return rows.some((row) => {
    const revision = DEPLOYMENT_REVISION.read(row);
    if (revision.revisionType === "GitHub") {
      const archive = archiveObject(revision.gitHubLocation);
      return archive.bucket === bucket && archive.key === key && versionId === undefined;
    }
    if (revision.revisionType !== "S3") return false;
    const { s3Location } = revision;
    return s3Location.bucket === bucket && s3Location.key === key && s3Location.version === versionId;
  });
}

/** Whether the host has a command of the deployment at hand, and so may be told where its bundle is. */
export async function hasOpenCommand(store: Store, hostId: string, deploymentId: string): Promise<boolean> {
  const row = await openCommands(store, hostId)
    .select("targets.target_id")
    .where("targets.deployment_id", "=", deploymentId)
    .executeTakeFirst();
  return row !== undefined;
}

function openCommands({ db }: Store, hostId: string) {
  return db
    .selectFrom("targets")
    .innerJoin("deployments", "deployments.deployment_id", "targets.deployment_id")
    .where("deployments.active", "=", 1)
    .where("targets.target_id", "=", hostId)
    .where("targets.type", "=", "host")
    .where("targets.command_state", "in", COMMANDS_OF_AGENTS);
}
