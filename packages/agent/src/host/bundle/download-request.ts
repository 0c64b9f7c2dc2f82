import type { RequestOptions } from "node:https";
import type { ForwardProxy } from "@sluice/wire/client/forward-proxy.ts";

export interface DownloadRequest {
  /** As it was signed: a path's `..` and percent-encoding stay as they are, since S3 keys may hold them. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** How the first origin's certificate is judged; a redirect to another origin is judged by the system's store. */
  readonly tls?: RequestOptions | undefined;
  /** What is downloaded, for messages: never with a query, which may hold a signature. */
  readonly label: string;
}

export interface DownloadOptions {
  readonly maxBytes: number;
  readonly idleMilliseconds: number;
  /** The ETag of what is at hand already: when it is still so, nothing is downloaded. */
  readonly heldEtag?: string | undefined;
  /** The caller compares the SHA-256. Else an ETag that is an MD5 is held against what came. */
  readonly isDigestKnown?: boolean;
  /** Waits before each repeated try. */
  readonly retryDelays: readonly number[];
  /** Beyond those: while there is no answer, or none but that the service is unavailable, so often and for so long. In milliseconds. */
  readonly awayEvery?: number;
  readonly awayAtMost?: number;
  readonly signal: AbortSignal;
  /** Origins that may be anywhere. All others, also those of redirects, may not be on this machine or on its link. */
  readonly trustedOrigins: ReadonlySet<string>;
  readonly proxyOf?: (url: string) => ForwardProxy | undefined;
  /** Gets each new reason for which a try failed, in words, and when the next try is. */
  readonly onRetry?: (reason: string, delayMilliseconds: number) => void;
}
