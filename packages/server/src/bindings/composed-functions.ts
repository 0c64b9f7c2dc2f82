import type { BucketStore } from "@sluice/bucket/store/bucket-store.ts";
import type { FunctionAlias } from "@sluice/engine/ports/function-alias.ts";
import type { FunctionRunner } from "@sluice/engine/ports/function-runner.ts";
import type { HookInvoker } from "@sluice/engine/ports/hook-invoker.ts";
import type { ArnScope } from "@sluice/model/resource-arn.ts";
import type { FunctionCounts } from "../functions/function-counts.ts";
import type { FunctionLogs } from "../functions/function-logs.ts";
import type { GrantsOfFunction } from "../functions/function-roles.ts";
import type { LambdaPlatform } from "../functions/lambda-platform.ts";
import type { LocalFunctions } from "../functions/local-functions.ts";
import type { WakeFeed } from "../store/wake-feed.ts";
import type { DriverParts } from "./bound-drivers.ts";

export interface FunctionsParts extends Pick<DriverParts, "store" | "config" | "timers" | "log"> {
  readonly scope: ArnScope;
  /** Names this server in leases. */
  readonly owner: string;
  /** The server's data directory. */
  readonly directory: string;
  /** In which functions' code lies, and to which callers upload it. */
  readonly bucket: BucketStore;
  /** PEM: what the server's TLS listeners show; undefined: it has none. */
  readonly certificatePem: string | undefined;
  /** Whoever changes functions, versions or aliases publishes there. */
  readonly changes: WakeFeed;
  readonly randomUuid: () => string;
  readonly onError: (error: unknown) => void;
}

/** The functions that run on this machine, as sluice.yml has them. */
export interface ComposedFunctions {
  readonly functions: LocalFunctions;
  /** What Lambda's API works with. */
  readonly lambda: LambdaPlatform;
  readonly functionAlias: FunctionAlias;
  readonly hookInvoker: HookInvoker;
  readonly runner: Pick<FunctionRunner, "troubleWith">;
  readonly changes: WakeFeed;
  readonly logs: Pick<FunctionLogs, "read">;
  readonly counts: () => FunctionCounts;
  /** What functions may call beside what all may; undefined: nothing. */
  readonly grantsOfFunction: GrantsOfFunction | undefined;
  /** @param urls by which the server is called: the functions' SDKs call it by one of them */
  start(urls: readonly string[]): void;
  /** No process of any function is left then; asynchronous invocations go on with the next start. */
  close(): Promise<void>;
}
