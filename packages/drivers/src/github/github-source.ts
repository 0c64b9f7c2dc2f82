import {
  type LocatedRevision,
  type RevisionFacts,
  type RevisionSource,
  RevisionSourceFault,
  unsupportedRevision,
} from "@sluice/engine/ports/revision-source.ts";
import { archiveObject, isFullCommitId } from "@sluice/model/git-hub-archive.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import type { GitHubLocation, RevisionLocation } from "@sluice/model/revision-location.ts";
import * as v from "valibot";
import type { Driver } from "../driver.ts";
import { presignObjectUrl } from "../s3/s3-url.ts";
import { settings, text } from "../settings-schema.ts";
import { requestOfGitHub } from "./github-request.ts";
import {
  type ArchiveBuckets,
  archiveUrl,
  type GitHubPlace,
  GitHubRefusal,
  type GitHubToken,
  keptArchives,
} from "./kept-archives.ts";

export const GITHUB_SETTINGS = settings({
  /** GitHub's own when absent. */
  baseUrl: v.optional(
    text("the address of the API, such as https://github.example.net/api/v3", (value) =>
      /^https?:$/.test(URL.canParse(value) ? new URL(value).protocol : "")
        ? undefined
        : "give a URL with http or https",
    ),
  ),
  downloadedBy: v.optional(
    text("hosts: every host downloads with a token of its own", (value) =>
      value === "hosts" ? undefined : "give hosts, or leave it out",
    ),
  ),
});

export type GitHubSettings = v.InferOutput<typeof GITHUB_SETTINGS>;

export interface GitHubDependencies {
  /** The token that the server has for a repository, the closest first; undefined: none. It counts as used. */
  readonly tokenFor: (repository: string) => Promise<GitHubToken | undefined>;
  readonly buckets: ArchiveBuckets;
  /** The keys in the bucket of GitHub's archives that deployments under way need. */
  readonly archivesInUse: () => Promise<ReadonlySet<string>>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly region: string;
  /** What has the proxy to GitHub: `https_proxy`, `http_proxy`, `no_proxy`. The process' own when absent. */
  readonly environment?: GitHubPlace["environment"] | undefined;
  /** Milliseconds before each repeated try of a download. */
  readonly retryDelays?: readonly number[] | undefined;
}

const GITHUB_URL = "https://api.github.com";
const HOST_URL_EXPIRES_SECONDS = 900;
const BY_HOSTS = "hosts download it from GitHub themselves";

/**
 * Repositories on GitHub. Where the server has a token for one, it downloads the archive itself, once, and hosts get it from the server: no token is ever
 * on a host. All others are fetched by the hosts.
 */
export const githubSource: Driver<"revision-source", GitHubSettings, Partial<GitHubDependencies>, RevisionSource> = {
  port: "revision-source",
  name: "github",
  configSchema: GITHUB_SETTINGS,
  create: (
    { baseUrl = GITHUB_URL, downloadedBy },
    { tokenFor, buckets, archivesInUse, now = Date.now, region = "", environment = process.env, retryDelays },
  ) => {
    const place = { baseUrl, environment };
    const inUse = archivesInUse ?? (async () => new Set<string>());
    const archives = buckets && keptArchives(place, { buckets, inUse, retryDelays });

    async function tokenOf({ repository }: GitHubLocation): Promise<GitHubToken | undefined> {
      return downloadedBy === "hosts" || !archives ? undefined : tokenFor?.(repository);
    }

    async function ensure(location: GitHubLocation, token: GitHubToken, signal: AbortSignal): Promise<void> {
      if (!isFullCommitId(location.commitId)) throw new RevisionSourceFault(notFull(location));
      await archives?.ensure(location, token, signal);
    }

    return {
      revisionTypes: ["GitHub"],
      async ensureHeld(revision, signal) {
        const location = locationOf(revision);
        const token = await tokenOf(location);
        if (token) await ensure(location, token, signal);
      },
      async locate(revision, { publicEndpoint, hostKey }, signal): Promise<LocatedRevision> {
        signal.throwIfAborted();
        const location = locationOf(revision);
        const token = await tokenOf(location);
        if (!token || hostKey === undefined) return { by: "host" };
        const url = presignObjectUrl(
          archiveObject(location),
          { url: publicEndpoint, region, pathStyle: true },
          { credentials: hostKey, now: new Date(now()), expiresSeconds: HOST_URL_EXPIRES_SECONDS },
        );
        return { by: "url", url, eTag: undefined };
      },
      async inspect(revision, signal): Promise<RevisionFacts> {
        const location = locationOf(revision);
        if (downloadedBy === "hosts" || !archives || !tokenFor) return { outcome: "unchecked", reason: BY_HOSTS };
        const token = await tokenFor(location.repository);
        if (!token) return inspectPublic(place, location, signal);
        if (!isFullCommitId(location.commitId)) return { outcome: "missing", reason: notFull(location) };
        try {
          await ensure(location, token, signal);
          const { bucket, key } = archiveObject(location);
          const { sizeBytes, etag } = buckets.head(bucket, key);
          return { outcome: "found", sizeBytes, eTag: etag };
        } catch (error) {
          if (error instanceof GitHubRefusal) {
            return { outcome: "missing", reason: error.message, code: "MISSING_GITHUB_TOKEN" };
          }
          const reason = signal.aborted ? "the server is still downloading it from GitHub" : reasonOf(error);
          return { outcome: "unchecked", reason };
        }
      },
      async digest(revision, signal) {
        const location = locationOf(revision);
        const token = await tokenOf(location);
        if (!token || !buckets) {
          return {
            unknown:
              "hosts fetch it from GitHub, which creates the archive for each download; the commit id identifies its content",
          };
        }
        try {
          await ensure(location, token, signal);
          const { bucket, key } = archiveObject(location);
          return { sha256: await buckets.sha256(bucket, key, signal) };
        } catch (error) {
          return signal.aborted ? { pending: true } : { unknown: reasonOf(error) };
        }
      },
      async read(revision) {
        locationOf(revision);
        throw new RevisionSourceFault(BY_HOSTS);
      },
      async standIn(revision) {
        const location = locationOf(revision);
        return (await tokenOf(location)) ? archiveObject(location) : undefined;
      },
    };
  },
};

function notFull({ repository, commitId }: GitHubLocation): string {
  return `the commitId '${commitId}' of ${repository} is not the full SHA-1 of a commit, 40 hex digits: the server downloads nothing else`;
}

function locationOf(revision: RevisionLocation): GitHubLocation {
  if (revision.revisionType !== "GitHub") throw unsupportedRevision("github", revision);
  return revision.gitHubLocation;
}

/** Whether everybody may see it. A GitHub that cannot be asked from here may well answer the hosts. */
async function inspectPublic(
  { baseUrl, environment }: GitHubPlace,
  location: GitHubLocation,
  signal: AbortSignal,
): Promise<RevisionFacts> {
  const { repository } = location;
  try {
    const url = archiveUrl(baseUrl, location);
    const answer = await requestOfGitHub({ method: "HEAD", url, maxRedirects: 0, environment, signal });
    answer.close();
    if (answer.status !== 404) return { outcome: "unchecked", reason: BY_HOSTS };
  } catch (error) {
    return { outcome: "unchecked", reason: `${BY_HOSTS}, and the server could not ask it: ${reasonOf(error)}` };
  }
  return {
    outcome: "missing",
    code: "MISSING_GITHUB_TOKEN",
    reason: `GitHub does not show it without a token (HTTP 404), so the repository is private, or there is no such repository or commit. Store a token for it with sluice github-tokens create NAME --repository ${repository}; or, where the hosts have tokens of their own, bind ${repository} to the driver github with downloadedBy: hosts in sluice.yml`,
  };
}
