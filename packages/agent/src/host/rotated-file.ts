import { closeSync, constants, fstatSync, openSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { errorCodeOf } from "./event-failure.ts";
import { ensureDirectory } from "./layout.ts";

const APPENDED = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW;
const LOG_MODE = 0o644;

/** How large a log file may become, and how many of them are kept, the one that is written included. */
export interface Rotation {
  readonly fileMaxBytes: number;
  readonly filesMax: number;
}

/**
 * A log that is appended to for ever. When it is full, `LOG` becomes `LOG.0`, that becomes `LOG.1`, and so on; the oldest goes. These are the
 * names and the order of the AWS agent's rotated logs.
 */
export class RotatedFile {
  readonly #path: string;
  readonly #rotation: Rotation;
  #file: { readonly descriptor: number; bytes: number } | undefined;

  constructor(path: string, rotation: Rotation) {
    this.#path = path;
    this.#rotation = rotation;
  }

  append(text: string): void {
    const bytes = Buffer.from(text);
    const file = this.#open();
    writeFileSync(file.descriptor, bytes);
    file.bytes += bytes.length;
  }

  close(): void {
    if (this.#file) closeSync(this.#file.descriptor);
    this.#file = undefined;
  }

  #open(): { readonly descriptor: number; bytes: number } {
    if (this.#file && this.#file.bytes >= this.#rotation.fileMaxBytes) this.close();
    if (!this.#file) {
      ensureDirectory(dirname(this.#path));
      this.#file = this.#openFile();
      if (this.#file.bytes >= this.#rotation.fileMaxBytes) {
        this.close();
        this.#rotate();
        this.#file = this.#openFile();
      }
    }
    return this.#file;
  }

  #openFile(): { readonly descriptor: number; bytes: number } {
    const descriptor = openSync(this.#path, APPENDED, LOG_MODE);
    return { descriptor, bytes: fstatSync(descriptor).size };
  }

  #rotate(): void {
    for (let index = this.#rotation.filesMax - 3; index >= 0; index -= 1) {
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
