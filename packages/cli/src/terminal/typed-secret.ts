import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import type { ReadStream } from "node:tty";
import { CommandFailed } from "../command-failed.ts";
import { printError } from "../output.ts";

/** What a shell reports of a program that SIGINT ended. */
const EXIT_INTERRUPTED = 130;

/** A line that is typed at a terminal, which does not show it. */
export async function typedSecret(terminal: ReadStream, prompt: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: terminal, output: nowhere, terminal: true, historySize: 0 });
  // Only now, since what is typed after it must not be shown.
  printError(prompt);
  try {
    return await new Promise((resolve, reject) => {
      lines.once("line", resolve);
      lines.once("close", () => resolve(""));
      lines.once("SIGINT", () => reject(new CommandFailed("interrupted", { exitStatus: EXIT_INTERRUPTED })));
    });
  } finally {
    lines.close();
    printError("");
  }
}
