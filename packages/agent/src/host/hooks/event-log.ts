import { MAX_AGENT_LOG_CHARACTERS } from "@sluice/model/diagnostics.ts";
import type { DeploymentsLog } from "../deployments-log.ts";
import { localTime } from "../local-time.ts";
import { RotatedFile } from "../rotated-file.ts";

/** The AWS agent never rotates a deployment's own log, so one chatty script can fill the disk there. */
const MAX_SCRIPTS_LOG_FILES = 4;
const MAX_SCRIPTS_LOG_FILE_BYTES = 16 * 1024 * 1024;

/** What one event's scripts say, kept in three places: the deployment's scripts.log, the host's log, and the tail. */
export class EventLog {
  readonly #deploymentId: string;
  readonly #deploymentsLog: DeploymentsLog;
  readonly #scriptsLog: RotatedFile;
  readonly #tail: string[] = [];
  #tailCharacters = 0;

  constructor(scriptsLogFile: string, deploymentId: string, deploymentsLog: DeploymentsLog) {
    this.#scriptsLog = new RotatedFile(scriptsLogFile, {
      fileMaxBytes: MAX_SCRIPTS_LOG_FILE_BYTES,
      filesMax: MAX_SCRIPTS_LOG_FILES,
    });
    this.#deploymentId = deploymentId;
    this.#deploymentsLog = deploymentsLog;
  }

  /** Lines without their ends. A full disk must not stop a script that may be freeing it, so failures to log pass. */
  append(lines: readonly string[]): void {
    if (lines.length === 0) return;
    for (const line of lines) this.#remember(`${line}\n`);
    const stamp = localTime(new Date());
    try {
      this.#scriptsLog.append(lines.map((line) => `${stamp} ${line}\n`).join(""));
      this.#deploymentsLog.append(this.#deploymentId, lines);
    } catch {
      // The tail still reaches the server.
    }
  }

  /** The last whole lines, together below the agent's limit; a longer single line leaves it empty, as in the reference. */
  tail(): string {
    return this.#tail.join("");
  }

  close(): void {
    this.#scriptsLog.close();
  }

  #remember(entry: string): void {
    this.#tail.push(entry);
    this.#tailCharacters += entry.length;
    while (this.#tailCharacters >= MAX_AGENT_LOG_CHARACTERS) {
      const oldest = this.#tail.shift();
      if (oldest === undefined) break;
      this.#tailCharacters -= oldest.length;
    }
  }
}
