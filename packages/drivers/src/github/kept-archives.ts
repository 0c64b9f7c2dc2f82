import type { BucketStore } from "@sluice/bucket/store/bucket-store.ts";
import { RevisionSourceFault } from "@sluice/engine/ports/revision-source.ts";
import { archiveObject, GITHUB_BUCKET } from "@sluice/model/git-hub-archive.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import type { GitHubLocation } from "@sluice/model/revision-location.ts";

/** A token that the server has for a repository. */
export interface GitHubToken {
  readonly name: string;
  readonly secret: string;
}

export type ArchiveBuckets = Pick<
  BucketStore,
  "head" | "open" | "sha256" | "put" | "delete" | "list" | "createBucket" | "headBucket"
>;

/** A larger archive is not fetched. */
export const MAX_GITHUB_ARCHIVE_BYTES = 2 * 1024 * 1024 * 1024;
/** Archives that are kept; the oldest go first. */
export const MAX_GITHUB_ARCHIVES = 100;
const DOWNLOAD_TIMEOUT_MILLISECONDS = 600_000;
/** Listed at once to find the oldest: more than are ever kept. */
const LISTED_ARCHIVES = 1_000;

/** GitHub said no, or said that there is nothing: it does not tell the two apart. */
export class GitHubRefusal extends RevisionSourceFault {}

export interface KeptArchives {
  /** Downloads the commit's archive, once however many ask, unless it is there. Rejects with a RevisionSourceFault. */
  ensure(location: GitHubLocation, token: GitHubToken, signal: AbortSignal): Promise<void>;
  has(location: GitHubLocation): boolean;
}

/** Archives of commits in a bucket of this server, so that a thousand hosts cost GitHub one download. */
export function keptArchives(baseUrl: string, buckets: ArchiveBuckets): KeptArchives {
  const underWay = new Map<string, Promise<void>>();

  function has(location: GitHubLocation): boolean {
    const { bucket, key } = archiveObject(location);
    try {
      buckets.head(bucket, key);
      return true;
    } catch {
      return false;
    }
  }

  async function fetchArchive(location: GitHubLocation, token: GitHubToken): Promise<void> {
    const { key } = archiveObject(location);
    const answer = await askGitHub(baseUrl, location, token, AbortSignal.timeout(DOWNLOAD_TIMEOUT_MILLISECONDS));
    try {
      buckets.headBucket(GITHUB_BUCKET);
    } catch {
      buckets.createBucket(GITHUB_BUCKET);
    }
    const attributes = { headers: { "content-type": "application/gzip" }, metadata: {} };
    await buckets.put(GITHUB_BUCKET, key, bounded(answer, location), { attributes });
    await removeOldest(buckets);
  }

  return {
    has,
    async ensure(location, token, signal) {
      if (has(location)) return;
      const { key } = archiveObject(location);
      let download = underWay.get(key);
      if (!download) {
        download = fetchArchive(location, token).finally(() => underWay.delete(key));
        download.catch(() => {});
        underWay.set(key, download);
      }
      await orAborted(download, signal);
    },
  };
}

/** Asks for the archive, following GitHub's redirect; the token goes to GitHub's own address alone (fetch drops it on the way to another). */
async function askGitHub(
  baseUrl: string,
  location: GitHubLocation,
  token: GitHubToken,
  signal: AbortSignal,
): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(archiveUrl(baseUrl, location), {
      headers: { authorization: `Bearer ${token.secret}`, "user-agent": "sluice" },
      signal,
    });
  } catch (error) {
    throw new RevisionSourceFault(`GitHub could not be reached: ${causeOf(error)}`);
  }
  if (answer.ok && answer.body) return answer;
  await answer.body?.cancel();
  const { repository, commitId } = location;
  if (answer.status === 401 || answer.status === 403 || answer.status === 404) {
    throw new GitHubRefusal(
      `GitHub refused the repository ${repository} at ${commitId} to the token ${token.name} (HTTP ${answer.status}): the token is expired or revoked, may not read the contents of the repository, or there is no such commit. To replace the token: sluice github-tokens create ${token.name} --repository ${repository}`,
    );
  }
  throw new RevisionSourceFault(
    `GitHub answered HTTP ${answer.status} for the archive of ${repository} at ${commitId}`,
  );
}

export function archiveUrl(baseUrl: string, { repository, commitId }: GitHubLocation): string {
  const path = [...repository.split("/"), "tarball", commitId].map(encodeURIComponent).join("/");
  return `${baseUrl.replace(/\/+$/, "")}/repos/${path}`;
}

async function* bounded(answer: Response, { repository, commitId }: GitHubLocation): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > MAX_GITHUB_ARCHIVE_BYTES) {
      throw new RevisionSourceFault(
        `the archive of ${repository} at ${commitId} has more than ${MAX_GITHUB_ARCHIVE_BYTES} bytes: deploy a bundle from a bucket instead`,
      );
    }
    yield chunk;
  }
}

async function removeOldest(buckets: ArchiveBuckets): Promise<void> {
  const { rows } = buckets.list(GITHUB_BUCKET, { prefix: "", delimiter: "", after: "", limit: LISTED_ARCHIVES });
  const oldest = [...rows].sort((one, other) => one.modifiedAt.getTime() - other.modifiedAt.getTime());
  for (const { key } of oldest.slice(0, Math.max(0, rows.length - MAX_GITHUB_ARCHIVES))) {
    await buckets.delete(GITHUB_BUCKET, key);
  }
}

/** Whoever asked goes; the download goes on for the next who asks. */
async function orAborted(download: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await Promise.race([download, promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** Without the request, which has the token. */
export function causeOf(error: unknown): string {
  return reasonOf(error instanceof Error && error.cause ? error.cause : error);
}
