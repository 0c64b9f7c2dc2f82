import { setTimeout as wait } from "node:timers/promises";
import type { BucketStore } from "@sluice/bucket/store/bucket-store.ts";
import { RevisionSourceAway, RevisionSourceFault } from "@sluice/engine/ports/revision-source.ts";
import { archiveObject, GITHUB_BUCKET } from "@sluice/model/git-hub-archive.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import type { GitHubLocation } from "@sluice/model/revision-location.ts";
import { type GitHubAnswer, requestOfGitHub } from "./github-request.ts";

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
/** Archives that are kept besides those in use; the oldest go first. */
export const MAX_GITHUB_ARCHIVES = 100;
const DOWNLOAD_TIMEOUT_MILLISECONDS = 600_000;
const MAX_REDIRECTS = 5;
/** Before each repeated try, while GitHub does not answer or says that it cannot. */
const RETRY_DELAYS_MILLISECONDS = [500, 2_000];
const TOO_MANY_REQUESTS = 429;
/** Listed at once to find the oldest. */
const LISTED_ARCHIVES = 1_000;

/** GitHub said no, or said that there is nothing: it does not tell the two apart. */
export class GitHubRefusal extends RevisionSourceFault {}

/** Where GitHub is, and what has the proxy on the way there. */
export interface GitHubPlace {
  readonly baseUrl: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface KeptArchivesParts {
  readonly buckets: ArchiveBuckets;
  /** The keys of the archives that deployments under way need: they stay, however old. */
  readonly inUse: () => Promise<ReadonlySet<string>>;
  readonly retryDelays?: readonly number[] | undefined;
}

export interface KeptArchives {
  /** Downloads the commit's archive, once however many ask, unless it is there. Rejects with a RevisionSourceFault or RevisionSourceAway. */
  ensure(location: GitHubLocation, token: GitHubToken, signal: AbortSignal): Promise<void>;
}

/** Archives of commits in a bucket of this server, so that a thousand hosts cost GitHub one download. */
export function keptArchives(
  place: GitHubPlace,
  { buckets, inUse, retryDelays = RETRY_DELAYS_MILLISECONDS }: KeptArchivesParts,
): KeptArchives {
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
    const answer = await askGitHub(place, location, token, AbortSignal.timeout(DOWNLOAD_TIMEOUT_MILLISECONDS));
    try {
      ensureBucket(buckets);
      const attributes = { headers: { "content-type": "application/gzip" }, metadata: {} };
      await buckets.put(GITHUB_BUCKET, key, bounded(answer, location), { attributes });
    } finally {
      answer.close();
    }
  }

  async function fetchAndKeep(location: GitHubLocation, token: GitHubToken): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      try {
        await fetchArchive(location, token);
        break;
      } catch (error) {
        const delay = retryDelays[tries];
        if (!(error instanceof RevisionSourceAway) || delay === undefined) throw error;
        await wait(delay);
      }
    }
    await removeOldest(buckets, await inUse());
  }

  return {
    async ensure(location, token, signal) {
      if (has(location)) return;
      const { key } = archiveObject(location);
      let download = underWay.get(key);
      if (!download) {
        download = fetchAndKeep(location, token).finally(() => underWay.delete(key));
        download.catch(() => {});
        underWay.set(key, download);
      }
      await orAborted(download, signal);
    },
  };
}

/** Rejects with a GitHubRefusal where GitHub says no, and with RevisionSourceAway where it does not answer, or cannot. */
async function askGitHub(
  { baseUrl, environment }: GitHubPlace,
  location: GitHubLocation,
  token: GitHubToken,
  signal: AbortSignal,
): Promise<GitHubAnswer> {
  let answer: GitHubAnswer;
  try {
    const url = archiveUrl(baseUrl, location);
    const request = { method: "GET", url, token: token.secret, maxRedirects: MAX_REDIRECTS, environment } as const;
    answer = await requestOfGitHub({ ...request, signal });
  } catch (error) {
    throw new RevisionSourceAway(`GitHub could not be asked: ${reasonOf(error)}`);
  }
  const { status } = answer;
  if (status === 200) return answer;
  answer.close();
  const { repository, commitId } = location;
  const words = `GitHub answered HTTP ${status} for the archive of ${repository} at ${commitId}`;
  if (isLimited(answer)) {
    throw new RevisionSourceAway(`${words}: its rate limit for the token ${token.name} is reached`);
  }
  if (status === 401 || status === 403 || status === 404) {
    throw new GitHubRefusal(
      `GitHub refused the repository ${repository} at ${commitId} to the token ${token.name} (HTTP ${status}): the token is expired or revoked, may not read the contents of the repository, or there is no such commit. To replace the token: sluice github-tokens create ${token.name} --repository ${repository}`,
    );
  }
  throw status >= 500 ? new RevisionSourceAway(words) : new RevisionSourceFault(words);
}

/** GitHub says it with 403 as well, which is no refusal then. */
function isLimited({ status, headers }: GitHubAnswer): boolean {
  if (status === TOO_MANY_REQUESTS) return true;
  return status === 403 && (headers["retry-after"] !== undefined || headers["x-ratelimit-remaining"] === "0");
}

export function archiveUrl(baseUrl: string, { repository, commitId }: GitHubLocation): string {
  const path = [...repository.split("/"), "tarball", commitId].map(encodeURIComponent).join("/");
  return `${baseUrl.replace(/\/+$/, "")}/repos/${path}`;
}

async function* bounded(answer: GitHubAnswer, { repository, commitId }: GitHubLocation): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of whole(answer.body)) {
    bytes += chunk.length;
    if (bytes > MAX_GITHUB_ARCHIVE_BYTES) {
      throw new RevisionSourceFault(
        `the archive of ${repository} at ${commitId} has more than ${MAX_GITHUB_ARCHIVE_BYTES} bytes: deploy a bundle from a bucket instead`,
      );
    }
    yield chunk;
  }
}

async function* whole(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw new RevisionSourceAway(`GitHub's answer broke off: ${reasonOf(error)}`);
  }
}

function ensureBucket(buckets: ArchiveBuckets): void {
  try {
    buckets.headBucket(GITHUB_BUCKET);
  } catch {
    buckets.createBucket(GITHUB_BUCKET);
  }
}

async function removeOldest(buckets: ArchiveBuckets, inUse: ReadonlySet<string>): Promise<void> {
  const idle = everyArchive(buckets)
    .filter(({ key }) => !inUse.has(key))
    .sort((one, other) => one.modifiedAt.getTime() - other.modifiedAt.getTime());
  for (const { key } of idle.slice(0, Math.max(0, idle.length - MAX_GITHUB_ARCHIVES))) {
    await buckets.delete(GITHUB_BUCKET, key);
  }
}

function everyArchive(buckets: ArchiveBuckets) {
  const every: ReturnType<ArchiveBuckets["list"]>["rows"] = [];
  for (let after: string | undefined = ""; after !== undefined; ) {
    const page = buckets.list(GITHUB_BUCKET, { prefix: "", delimiter: "", after, limit: LISTED_ARCHIVES });
    every.push(...page.rows);
    after = page.next;
  }
  return every;
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
