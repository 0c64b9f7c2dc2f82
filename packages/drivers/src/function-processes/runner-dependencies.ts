import type { ReadCode } from "@sluice/engine/ports/function-runner.ts";
import type { NodeProgram } from "./node-program.ts";

/** What of this machine may be used. */
export interface MachineLimits {
  readonly hasCgroups: boolean;
  readonly maySwitchUsers: boolean;
}

export interface FunctionProcessesDependencies {
  /** The driver's own, beneath the data directory; it is made where it is not there. One runner at a time. */
  readonly directory: string;
  readonly region: string;
  readonly readCode: ReadCode;
  /** Where the functions' SDKs call, asked at each start; `certificate` (PEM) is who to trust there. Undefined: wherever they do by themselves. */
  readonly endpoint: () => { readonly url: string; readonly certificate: string | null } | undefined;
  /** A sentence for whoever runs this server. */
  readonly warn: (message: string) => void;
  /** For tests: as if this machine had less than it has. */
  readonly machine?: Partial<MachineLimits>;
  /** For tests: as if this process were another program; `ownNodeProgram()` when absent. */
  readonly node?: NodeProgram;
}
