import { MAX_AGENT_LOG_CHARACTERS } from "@sluice/model/diagnostics.ts";
import type { DeploymentsLog } from "../deployments-log.ts";
import { localTime } from "../local-time.ts";
import { RotatedFile } from "../rotated-file.ts";
import { KeyLines, MASK, type OutputMask } from "./secret-mask.ts";

/** The AWS agent never rotates a deployment's own log, so one chatty script can fill the disk there. */
const MAX_SCRIPTS_LOG_FILES = 4;
const MAX_SCRIPTS_LOG_FILE_BYTES = 16 * 1024 * 1024;

/** What one event's scripts say, kept in three places: the deployment's scripts.log, the host's log, and the tail. */
export class EventLog {
  readonly #deploymentId: string;
  readonly #deploymentsLog: DeploymentsLog;
  readonly #scriptsLog: RotatedFile;
  readonly #mask: OutputMask;
  readonly #keys: KeyLines | undefined;
  readonly #tail: string[] = [];
  #tailCharacters = 0;

  /** @param mask of what leaves this host, which the tail does; its own files have what scripts said, as the AWS agent's */
  constructor(scriptsLogFile: string, deploymentId: string, deploymentsLog: DeploymentsLog, mask: OutputMask) {
    this.#mask = mask;
    this.#keys = mask.hasKnownForms ? new KeyLines() : undefined;
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
    for (const line of lines) this.#remember(`${this.#keys?.isBody(line) ? MASK : line}\n`);
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
    const lines = this.#tail.map((entry) => this.#mask.line(entry));
    let characters = lines.reduce((sum, line) => sum + line.length, 0);
    // A mask may be longer than what it stands for.
    while (characters >= MAX_AGENT_LOG_CHARACTERS) characters -= lines.shift()?.length ?? characters;
    return lines.join("");
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
