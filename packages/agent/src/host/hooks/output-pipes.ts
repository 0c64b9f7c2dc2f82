import { closeSync, constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import { runHelper, startHelper } from "../../process/helper-process.ts";

/** Directories of this name below the agent's root are left from an agent that was killed. */
export const PIPES_DIRECTORY_PREFIX = ".script-outputs-";
/** Made in one go, since making them is what costs a process; enough for the scripts of several deployments. */
const PIPES_PER_BATCH = 32;

/** One output of one script. `writeEnd` is for the script; the agent closes its own copy with `closeWriteEnd`. */
export interface OutputPipe {
  readonly writeEnd: number;
  readonly reader: Socket;
  closeWriteEnd(): void;
  /** Everybody has closed the pipe. */
  readonly ended: Promise<void>;
  /** To be called once. A pipe that has not ended is handed to a process that goes on emptying it. */
  release(): void;
}

/**
 * Pipes for script output, made from named pipes. None is used twice: a process that a script has left may keep hold of its pipe without
 * having it open, and would write into the output of the next script, whoever's that is.
 *
 * Node's own child pipes are sockets, on which `echo … > /dev/stderr` fails ("No such device or address"); scripts that
 * worked under CodeDeploy do that. Files would lose what such a line truncates and would grow under a daemon. And when a
 * script has left a daemon behind that still holds its output, closing the pipe would kill the daemon at its next line,
 * and not reading it would stop it: so that read end goes to a `cat` that lives as long as the daemon does, also when the
 * agent does not.
 */
export class OutputPipes {
  readonly #rootDirectory: string;
  #directory: string | undefined;
  #free: string[] = [];
  #made = 0;
  #making: Promise<void> | undefined;

  constructor(rootDirectory: string) {
    this.#rootDirectory = rootDirectory;
  }

  async open(): Promise<OutputPipe> {
    while (this.#free.length === 0) await this.#make();
    const path = this.#free.pop()!;
    // In this order neither opening waits for the other side.
    const readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const writeEnd = openSync(path, constants.O_WRONLY);
    const reader = new Socket({ fd: readEnd, readable: true, writable: false });
    let hasEnded = false;
    let isWriteEndOpen = true;
    const ended = new Promise<void>((resolve) => {
      const end = () => {
        hasEnded = true;
        resolve();
      };
      reader.once("end", end);
      reader.once("error", end);
    });
    const closeWriteEnd = () => {
      if (isWriteEndOpen) closeSync(writeEnd);
      isWriteEndOpen = false;
    };
    return {
      writeEnd,
      reader,
      closeWriteEnd,
      ended,
      release: () => {
        closeWriteEnd();
        if (!hasEnded) handOver(path);
        reader.destroy();
        rmSync(path, { force: true });
      },
    };
  }

  close(): void {
    if (this.#directory) rmSync(this.#directory, { recursive: true, force: true });
    this.#directory = undefined;
    this.#free = [];
  }

  #make(): Promise<void> {
    this.#making ??= this.#makeBatch().finally(() => {
      this.#making = undefined;
    });
    return this.#making;
  }

  async #makeBatch(): Promise<void> {
    // Only the agent may enter the directory; a script of any user may reopen what it was given (`/dev/stdout`).
    this.#directory ??= mkdtempSync(join(this.#rootDirectory, PIPES_DIRECTORY_PREFIX));
    const paths = Array.from({ length: PIPES_PER_BATCH }, () => join(this.#directory!, String(this.#made++)));
    if (!(await runHelper("mkfifo", ["-m", "0622", ...paths]))) {
      throw new Error(`mkfifo failed in ${this.#directory}: the agent's directory must be on a Unix file system.`);
    }
    this.#free.push(...paths);
  }
}

/** The new reader opens the pipe anew, since its own descriptor must block; the extra writer keeps that from waiting. */
function handOver(path: string): void {
  const writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  const reader = openSync(path, constants.O_RDONLY);
  closeSync(writer);
  const child = startHelper("cat", [], { stdio: [reader, "ignore", "ignore"], detached: true });
  child.once("error", () => {});
  child.unref();
  closeSync(reader);
}
