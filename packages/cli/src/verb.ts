import type { Command } from "commander";

/** A file of verbs/: adds arguments, options, an example and the action to the command that program.ts made for it. */
export interface VerbModule {
  define(command: Command): void;
}

export interface Verb {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<VerbModule>;
  /** Goes on when nobody reads its output any more (a closed pipe); the others end, as `head` expects. */
  readonly isService?: boolean;
  /** The exit status for a wrong option, where the verb stands in for a program that has another than ours. */
  readonly usageStatus?: number;
}
