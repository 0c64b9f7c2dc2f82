import type { DeploymentSpecification } from "@sluice/model/deployment-specification.ts";
import { encodeComponent, UNSIGNED_PAYLOAD } from "@sluice/wire/sigv4/canonical-request.ts";
import { signRequest } from "@sluice/wire/sigv4/sign.ts";
import { EventFailure } from "../event-failure.ts";
import type { HostConfig } from "../host-config.ts";
import type { Revision } from "../revision.ts";
import type { DownloadRequest } from "./download-request.ts";
import { hostCredentials } from "./s3-credentials.ts";

/** How a bundle is asked for: `make` signs anew for every try. */
export interface BundleRequest {
  readonly make: () => DownloadRequest | Promise<DownloadRequest>;
  readonly retryDelays: readonly number[];
  /** It is asked of this agent's own server, whose absence is waited out. */
  readonly isServers: boolean;
}

/**
 * The presigned URL when the server gave one, and the operator does not want S3 asked directly; else S3 with the host's own keys, or GitHub.
 * `make` rejects with an EventFailure when the host has no way to the bundle.
 */
export function bundleRequest(
  revision: Revision,
  specification: DeploymentSpecification,
  bundleUrl: string | undefined,
  config: HostConfig,
): BundleRequest {
  const { timing } = config;
  const label = bundleUrl === undefined ? "" : withoutQuery(bundleUrl);
  const isServers = bundleUrl !== undefined && config.trustedOrigins.includes(originOf(bundleUrl, label));
  // What is in the server's own bucket is in no other.
  const isDirect = config.s3Direct === true && revision.from === "S3" && !isServers;
  if (bundleUrl !== undefined && !isDirect) {
    // What the server is pinned to is nothing by which another S3 service could be known.
    const tls = isServers ? config.bundleTls : undefined;
    return {
      make: () => ({ url: bundleUrl, headers: {}, tls, label }),
      retryDelays: timing.downloadRetryDelays,
      isServers,
    };
  }
  if (revision.from === "GitHub") {
    return {
      make: () => gitHubRequest(revision, specification, config),
      retryDelays: timing.gitHubRetryDelays,
      isServers: false,
    };
  }
  return { make: () => s3Request(revision, config), retryDelays: timing.downloadRetryDelays, isServers: false };
}

async function s3Request({ location }: Revision & { from: "S3" }, config: HostConfig): Promise<DownloadRequest> {
  const { Bucket, Key, Version } = location;
  const label = `s3://${Bucket}/${Key}`;
  const credentials = await hostCredentials(config, label);
  const version = Version == null ? "" : `?versionId=${encodeComponent(Version)}`;
  const path = Key.split("/").map(encodeComponent).join("/");
  const url = `${bucketUrl(Bucket, config, credentials.region)}/${path}${version}`;
  const headers = signRequest({
    method: "GET",
    url,
    credentials,
    region: credentials.region,
    service: "s3",
    now: new Date(),
    payloadHash: UNSIGNED_PAYLOAD,
  });
  return { url, headers, label };
}

/** Path style for an endpoint of one's own, and where a dotted bucket name would not match AWS's certificate; unless the operator says otherwise. */
function bucketUrl(bucket: string, { s3Endpoint, s3PathStyle }: HostConfig, region: string): string {
  const suffix = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  const endpoint = (s3Endpoint ?? `https://s3.${region}.${suffix}`).replace(/\/+$/, "");
  const isPathStyle = s3PathStyle ?? (s3Endpoint !== undefined || bucket.includes("."));
  if (isPathStyle) return `${endpoint}/${encodeComponent(bucket)}`;
  return endpoint.replace("://", `://${bucket}.`);
}

function gitHubRequest(
  { location, bundleType }: Revision & { from: "GitHub" },
  specification: DeploymentSpecification,
  config: HostConfig,
): DownloadRequest {
  const format = bundleType === "zip" ? "zipball" : "tarball";
  const parts = [location.Account, location.Repository, format, location.CommitId].map(gitHubPart);
  const url = `${config.gitHubBaseUrl.replace(/\/+$/, "")}/repos/${parts.join("/")}`;
  const token = specification.GitHubAccessToken ?? config.gitHubToken;
  return { url, headers: token ? { authorization: `token ${token}` } : {}, label: url };
}

function gitHubPart(part: string): string {
  if (part === "." || part === "..") {
    throw new EventFailure(`${JSON.stringify(part)} cannot be part of a GitHub revision's name.`);
  }
  return encodeURIComponent(part);
}

function originOf(url: string, label: string): string {
  if (URL.canParse(url)) return new URL(url).origin;
  throw new EventFailure(`The server gave an invalid URL for the bundle: '${label}'.`);
}

/** A presigned URL's query is a key to the bundle, so messages and logs do not get it. */
function withoutQuery(url: string): string {
  return url.split("?", 1)[0] ?? "";
}
