import type { BucketStore } from "@sluice/bucket/store/bucket-store.ts";
import type { FunctionRunner } from "@sluice/engine/ports/function-runner.ts";
import type { WakeFeed } from "../store/wake-feed.ts";
import type { CodeStore } from "./code-store.ts";
import type { LocalFunctions } from "./local-functions.ts";

/** What the binding of the driver `functions` says of functions, for those who check what is asked of them. */
export interface FunctionPlace {
  /** Users for functions, both ends included; null: all run as Sluice does, which a setting has accepted. */
  readonly uids: { readonly first: number; readonly last: number } | null;
  /** Invocations of all functions at the same time. */
  readonly concurrency: number;
  /** Callers may name what only AWS has (subnets, layers, file systems), and it means nothing here. */
  readonly ignoresAwsOnly: boolean;
}

/** The functions of this server, as Lambda's API has them. There are none without a binding of the driver `functions`. */
export interface LambdaPlatform {
  readonly place: FunctionPlace;
  readonly functions: LocalFunctions;
  readonly runner: Pick<FunctionRunner, "troubleWith">;
  /** Users of which a process may be there, whether their function is still there or not. */
  readonly uidsInUse: () => ReadonlySet<number>;
  readonly code: CodeStore;
  /** Where callers upload zips to. */
  readonly buckets: Pick<BucketStore, "open">;
  /** Whoever changed functions, versions or aliases publishes after the commit. */
  readonly changes: WakeFeed;
}
