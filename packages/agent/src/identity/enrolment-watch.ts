import type { Stats } from "node:fs";
import { statSync } from "node:fs";
import type { Agent as HttpsAgent } from "node:https";
import { join } from "node:path";
import type { AgentLog } from "../process/agent-log.ts";
import { ENROLMENT_FILE_NAMES, type Enrolment, readEnrolment } from "./enrolment-files.ts";

/** Three looks at a name; a key that was replaced is good for longer. */
export const LOOK_INTERVAL_MILLISECONDS = 5_000;
const FILES = [ENROLMENT_FILE_NAMES.agent, ENROLMENT_FILE_NAMES.credentials, ENROLMENT_FILE_NAMES.signingCertificate];

/** What of an enrolment an agent takes up while it runs: by what it signs, and by what it knows its server. */
export interface LiveIdentity {
  readonly credentials: { accessKeyId: string; secretAccessKey: string };
  serverFingerprints: readonly string[];
  certificateAuthority?: string | undefined;
}

export interface EnrolmentWatchOptions {
  readonly directory: string;
  /** As the agent started with it; its key, pins and authority are replaced by newer ones. */
  readonly enrolment: Enrolment;
  /** Whose new connections are made with another authority. */
  readonly connections: () => readonly Pick<HttpsAgent, "options">[];
  readonly log: Pick<AgentLog, "info" | "warn">;
}

/**
 * Takes up what changes in the agent's directory while it runs: a key that was rotated, pins and an authority of a server that got another certificate. An
 * enrolment at another server, or of another host, waits for the agent's next start: what runs belongs to this one.
 */
export class EnrolmentWatch {
  readonly #options: EnrolmentWatchOptions;
  #stamps: string;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: EnrolmentWatchOptions) {
    this.#options = options;
    this.#stamps = this.#look();
  }

  start(): void {
    this.#timer = setInterval(() => this.takeUp(), LOOK_INTERVAL_MILLISECONDS).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Looks now. */
  takeUp(): void {
    const stamps = this.#look();
    if (stamps === this.#stamps) return;
    const { directory, enrolment, connections, log } = this.#options;
    let next: Enrolment;
    try {
      next = readEnrolment(directory);
    } catch {
      // Written in part: it is whole at one of the next looks, or the next start says what is wrong with it.
      return;
    }
    this.#stamps = stamps;
    const { server, hostIdentifier, signingCertificate } = enrolment;
    if (
      next.server !== server ||
      next.hostIdentifier !== hostIdentifier ||
      next.signingCertificate !== signingCertificate
    ) {
      log.warn("the directory has another enrolment now; the agent uses the old one until it is restarted", {
        host: next.hostId,
        server: next.server,
      });
      return;
    }
    const live = enrolment as LiveIdentity;
    const isKeyNew = next.credentials.accessKeyId !== live.credentials.accessKeyId;
    const isTrustNew =
      next.certificateAuthority !== live.certificateAuthority ||
      next.serverFingerprints.join() !== live.serverFingerprints.join();
    Object.assign(live.credentials, next.credentials);
    live.serverFingerprints = next.serverFingerprints;
    live.certificateAuthority = next.certificateAuthority;
    for (const agent of connections()) agent.options.ca = next.certificateAuthority;
    if (isKeyNew) log.info("the agent uses the host's new key", { accessKeyId: next.credentials.accessKeyId });
    if (isTrustNew) log.info("the agent knows its server by the new pins or the new authority of agent.json");
  }

  #look(): string {
    return FILES.map((name) =>
      stampOf(statSync(join(this.#options.directory, name), { throwIfNoEntry: false })),
    ).join();
  }
}

function stampOf(stats: Stats | undefined): string {
  return stats === undefined ? "-" : `${stats.ino} ${stats.size} ${stats.mtimeMs}`;
}
