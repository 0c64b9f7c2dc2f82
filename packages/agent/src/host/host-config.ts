import type { RequestOptions } from "node:https";
import { checkProxySettings } from "./agent-proxy.ts";
import { ARCHIVE_LIMITS, type ArchiveLimits, type ArchiveSettings, archiveLimits } from "./archive/archive-limits.ts";
import { checkScriptEnvironment } from "./hooks/script-environment.ts";

export interface HostLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly region: string;
}

/** What a host's operator may set. Everything has a default; see {@link DEFAULT_HOST_CONFIG}. */
export interface HostConfig {
  /** Revisions kept per group, the current one included; at least 1. The last successful one is never removed. */
  readonly maxRevisions: number;
  /** What a group's revisions may take together, unpacked and packed; the last successful one and the current one stay in any case. Absent: any. */
  readonly maxRevisionBytes?: number | undefined;
  /** Bundles that no revision on this host holds any more, kept so that they need not be downloaded again: how many, and how many bytes. */
  readonly maxCachedBundles: number;
  readonly maxCachedBytes: number;
  /** Whether a script without the executable bit fails (ScriptNotExecutable) instead of getting it with a warning. */
  readonly strictScripts: boolean;
  /** For S3 revisions without a presigned URL: an origin such as `https://minio.example:9000`; AWS when absent. */
  readonly s3Endpoint?: string | undefined;
  readonly s3Credentials?: S3Credentials | undefined;
  /** Where the keys are not those of {@link s3Credentials}; else what the environment, AWS's files or the instance say. */
  readonly s3Region?: string | undefined;
  /** Whether the bucket is part of the path; when absent, it is for an endpoint of one's own. */
  readonly s3PathStyle?: boolean | undefined;
  /** S3 is asked by this host with its own keys, although the server gave a URL; never for the server's own bucket. */
  readonly s3Direct?: boolean | undefined;
  readonly gitHubBaseUrl: string;
  /** An HTTP proxy for the server and for bundles, and where none is asked; without them the environment's `https_proxy` and `no_proxy` count. */
  readonly proxy?: string | undefined;
  readonly noProxy?: readonly string[] | undefined;
  /** Used when the specification carries no token of its own. */
  readonly gitHubToken?: string | undefined;
  /** Variables of the agent's environment that scripts see beside those that every service has; `NAME` or `BEGINNING*`. */
  readonly scriptEnvironment: readonly string[];
  /** Variables whose values are masked in output that leaves the host; `NAME` or `BEGINNING*`. */
  readonly maskedVariables: readonly string[];
  /** Whether what has a known secret's form is masked there, too. */
  readonly maskKnownSecrets: boolean;
  /** The agent's own environment, of which scripts see what {@link scriptEnvironment} says. Default: `process.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** How the presigned bundle URL's server is trusted (private CA, pinned certificate). Never used for other origins. */
  readonly bundleTls?: Pick<RequestOptions, "ca" | "checkServerIdentity" | "rejectUnauthorized" | "agent"> | undefined;
  /** Origins that may be on this machine or on its link, since its operator named them: the server's own. `s3Endpoint` and `gitHubBaseUrl` are, too. */
  readonly trustedOrigins: readonly string[];
  /** agent.json has four of them by names of their own ({@link ArchiveSettings}). */
  readonly archiveLimits: ArchiveLimits;
  readonly timing: HostTiming;
}

/** All waits of this package in one place, in milliseconds, so that tests can shorten them. */
export interface HostTiming {
  /** Waits before each repeated try of a download. */
  readonly downloadRetryDelays: readonly number[];
  /**
   * The same while the server of this agent's is away, or its database: it is no host's fault, and no revision's. So often, and for so long: within the
   * quarter of an hour for which a bundle's URL is good.
   */
  readonly serverAwayEvery: number;
  readonly serverAwayAtMost: number;
  /** The reference agent's for GitHub: 10, 30, 90 s. */
  readonly gitHubRetryDelays: readonly number[];
  /** How long a download may stand still. */
  readonly downloadIdle: number;
  /** How long a timed-out script's process group has between TERM and KILL. */
  readonly scriptKillGrace: number;
  /** How long outputs may stay open after a script has ended before a background child is taken to hold them. */
  readonly outputCloseGrace: number;
  /** How long output is collected before it goes to the sink. */
  readonly outputBatch: number;
}

export const DEFAULT_TIMING: HostTiming = {
  downloadRetryDelays: [500, 2_000, 8_000],
  serverAwayEvery: 3_000,
  serverAwayAtMost: 840_000,
  gitHubRetryDelays: [10_000, 30_000, 90_000],
  downloadIdle: 60_000,
  scriptKillGrace: 10_000,
  outputCloseGrace: 500,
  outputBatch: 250,
};

/** The reference agent's `max_revisions`. */
const DEFAULT_MAX_REVISIONS = 5;
const DEFAULT_MAX_CACHED_BUNDLES = 10;
const DEFAULT_MAX_CACHED_BYTES = 1024 ** 3;

export const DEFAULT_HOST_CONFIG: HostConfig = {
  maxRevisions: DEFAULT_MAX_REVISIONS,
  maxCachedBundles: DEFAULT_MAX_CACHED_BUNDLES,
  maxCachedBytes: DEFAULT_MAX_CACHED_BYTES,
  strictScripts: false,
  scriptEnvironment: [],
  maskedVariables: [],
  maskKnownSecrets: true,
  gitHubBaseUrl: "https://api.github.com",
  trustedOrigins: [],
  archiveLimits: ARCHIVE_LIMITS,
  timing: DEFAULT_TIMING,
};

export type HostConfigInput = Partial<Omit<HostConfig, "timing" | "archiveLimits">> &
  ArchiveSettings & {
    readonly timing?: Partial<HostTiming>;
    readonly archiveLimits?: Partial<ArchiveLimits>;
  };

export function completeHostConfig(input: HostConfigInput): HostConfig {
  const config: HostConfig = {
    ...DEFAULT_HOST_CONFIG,
    ...withoutUndefined(input),
    timing: { ...DEFAULT_TIMING, ...input.timing },
    archiveLimits: { ...archiveLimits(input), ...input.archiveLimits },
  };
  checkScriptEnvironment(config.scriptEnvironment);
  checkProxySettings({ proxy: config.proxy, noProxy: config.noProxy });
  if (!Number.isInteger(config.maxRevisions) || config.maxRevisions < 1) {
    throw new RangeError(`maxRevisions is ${config.maxRevisions}; give a whole number of 1 or more.`);
  }
  return config;
}

function withoutUndefined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Partial<T>;
}
