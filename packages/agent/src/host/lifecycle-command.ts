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
}

/** Where a script's output goes while it runs. Never blocks and never throws: what cannot be kept is dropped with a marked gap. */
export interface OutputSink {
  write(chunk: {
    readonly stream: "stdout" | "stderr" | "agent";
    readonly scriptName: string;
    readonly text: string;
  }): void;
}
