import type { AgentUpgradeReport } from "@sluice/wire/sluice/agent-upgrade-api.ts";
import type { AgentLog } from "../process/agent-log.ts";
import type { ProgramSource } from "./fetch-program.ts";

/** What a heartbeat says of the agent itself. */
export interface AgentSaying {
  readonly agentPlatform?: string | undefined;
  readonly agentUpgradeObstacle?: string | undefined;
  readonly agentUpgrade?: AgentUpgradeReport | undefined;
}

export interface AgentUpgradeParts {
  /** The agent's own. */
  readonly directory: string;
  /** Where the supervisor's programs lie; undefined: there is no supervisor. */
  readonly programs: string | undefined;
  readonly hostIdentifier: string;
  readonly signingCertificate: string;
  readonly source: ProgramSource;
  /** By the server's clock, where the host's is wrong. */
  readonly now: () => Date;
  /** The next program is there: let what runs end, and leave it to the supervisor. */
  readonly onSwitch: () => void;
  readonly stopping: AbortSignal;
  readonly log: AgentLog;
}
