import { accessSync, constants, existsSync } from "node:fs";
import { isEnrolled, readEnrolment } from "./identity/enrolment-files.ts";
import { askRunningAgent } from "./process/single-instance.ts";
import type { HoldState } from "./protocol/held-commands.ts";

/** What an agent says about itself. Times are ISO 8601. */
export interface RunningAgent {
  readonly processId: number;
  readonly agentVersion: string;
  readonly startedAt: string;
  /** When the server last answered a poll. */
  readonly lastPollAt?: string | undefined;
  /** Why the last poll was not answered; absent when it was. */
  readonly lastFailure?: string | undefined;
  readonly isStopping: boolean;
  readonly heldCommands: readonly {
    readonly commandId: string;
    readonly event: string;
    readonly deploymentId: string;
    readonly state: HoldState;
    readonly since: string;
  }[];
}

export interface AgentStatus {
  readonly enrolled: boolean;
  readonly server?: string | undefined;
  readonly hostId?: string | undefined;
  readonly hostName?: string | undefined;
  /** Absent when no agent runs in the directory. */
  readonly running?: RunningAgent | undefined;
}

/**
 * The state of the agent in `directory`, asked from the process itself; never from a file that it may have left behind.
 * @throws the system's error when this user may not read the directory
 */
export async function readAgentStatus(directory: string): Promise<AgentStatus> {
  if (!isEnrolled(directory)) {
    // Of a directory that is closed to it the process sees no file either.
    if (existsSync(directory)) accessSync(directory, constants.R_OK);
    return { enrolled: false };
  }
  const { server, hostId, hostName } = readEnrolment(directory);
  const answer = await askRunningAgent(directory);
  if (answer === undefined) return { enrolled: true, server, hostId, hostName };
  return { enrolled: true, server, hostId, hostName, running: isAgent(answer) ? answer : ({} as RunningAgent) };
}

/** The directory may be another user's, whose program may answer anything. */
function isAgent(answer: object): answer is RunningAgent {
  const { processId, heldCommands } = answer as Partial<RunningAgent>;
  return Number.isInteger(processId) && Array.isArray(heldCommands) && heldCommands.every(isObject);
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
