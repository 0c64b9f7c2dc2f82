import type { CommandOutcome, FailedEvent, LifecycleCommand, OutputSink } from "./lifecycle-command.ts";

/** What the poll loop needs of `host/`: to run one lifecycle event here. Tests drive the loop with a host of their own. */
export interface LifecycleHost {
  /** Whether the event would do nothing. Throws when that cannot be known (a broken AppSpec, a hook before DownloadBundle). */
  isNoop(command: LifecycleCommand): boolean | Promise<boolean>;
  run(command: LifecycleCommand, sink: OutputSink, signal: AbortSignal): Promise<CommandOutcome>;
  /** After an event that failed, when that is on the disk and before it is reported: the revision's OnFailure hook. */
  afterFailure?(failed: FailedEvent, sink: OutputSink, signal: AbortSignal): Promise<void>;
}
