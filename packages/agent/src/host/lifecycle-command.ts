import type { DeploymentSpecification } from "@sluice/model/deployment-specification.ts";
import type { AgentErrorCode } from "@sluice/model/diagnostics.ts";

/** Everything that running one lifecycle event on this host needs. The poll loop builds it; `host/` knows nothing of the server. */
export interface LifecycleCommand {
  readonly commandName: string;
  readonly specification: DeploymentSpecification;
  /** A presigned URL of the bundle, when the server gave one. */
  readonly bundleUrl: string | undefined;
}

/** How it ended, in the reference agent's numbers and words. `log` is at most MAX_AGENT_LOG_CHARACTERS, by whole lines. */
export interface CommandOutcome {
  readonly errorCode: AgentErrorCode;
  readonly scriptName: string;
  readonly message: string;
  readonly log: string;
  /** With which the script ended, where one did; of one that a signal ended 128 and the signal's number. */
  readonly exitCode?: number;
}

/** An event that failed here: also one that was under way when an earlier agent process died, which knew its specification. */
export interface FailedEvent {
  readonly deploymentId: string;
  readonly deploymentGroupId: string;
  readonly event: string;
  readonly outcome: CommandOutcome;
  readonly specification?: DeploymentSpecification | undefined;
}

/** Where a script's output goes while it runs. Never blocks and never throws: what cannot be kept is dropped with a marked gap. */
export interface OutputSink {
  write(chunk: {
    readonly stream: "stdout" | "stderr" | "agent";
    readonly scriptName: string;
    readonly text: string;
  }): void;
}
