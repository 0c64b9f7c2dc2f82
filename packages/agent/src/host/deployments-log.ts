import { closeSync, fstatSync, openSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { errorCodeOf } from "./event-failure.ts";
import { ensureDirectory, LOGS_DIRECTORY_NAME } from "./layout.ts";
import { localTimeWithMilliseconds } from "./local-time.ts";

const FILE_NAME = "codedeploy-agent-deployments.log";
const FILES_MAX = 8;
const FILE_MAX_BYTES = 64 * 1024 * 1024;

/** The log of all deployments' script output on this host, under the reference agent's name, format and rotation. */
export class DeploymentsLog {
  readonly #path: string;
  readonly #fileMaxBytes: number;
  #file: { readonly descriptor: number; bytes: number } | undefined;

  constructor(rootDirectory: string, fileMaxBytes = FILE_MAX_BYTES) {
    this.#path = join(rootDirectory, LOGS_DIRECTORY_NAME, FILE_NAME);
    this.#fileMaxBytes = fileMaxBytes;
  }

  append(deploymentId: string, lines: readonly string[]): void {
    const stamp = localTimeWithMilliseconds(new Date());
    const text = Buffer.from(lines.map((line) => `[${stamp}] [${deploymentId}]${line.trim()}\n`).join(""));
    const file = this.#open();
    writeSync(file.descriptor, text);
    file.bytes += text.length;
  }

  close(): void {
    if (this.#file) closeSync(this.#file.descriptor);
    this.#file = undefined;
  }

  #open(): { readonly descriptor: number; bytes: number } {
    if (this.#file && this.#file.bytes >= this.#fileMaxBytes) {
      this.close();
      this.#rotate();
    }
    if (!this.#file) {
      ensureDirectory(join(this.#path, ".."));
      const descriptor = openSync(this.#path, "a", 0o644);
      this.#file = { descriptor, bytes: fstatSync(descriptor).size };
    }
    return this.#file;
  }

  /** `….log` becomes `….log.0`, and so on up to `….log.6`; the oldest goes. */
  #rotate(): void {
    for (let index = FILES_MAX - 3; index >= 0; index -= 1) {
      renameIfThere(`${this.#path}.${index}`, `${this.#path}.${index + 1}`);
    }
    renameIfThere(this.#path, `${this.#path}.0`);
  }
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (errorCodeOf(error) !== "ENOENT") throw error;
  }
}
