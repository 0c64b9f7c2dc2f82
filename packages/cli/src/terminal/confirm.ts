import { createInterface } from "node:readline";
import { CommandFailed, EXIT_USAGE } from "../command-failed.ts";
import { printError } from "../output.ts";

interface Confirmation {
  /** What is about to be done, as a sentence. */
  readonly what: string;
  /** `--yes` was given. */
  readonly isGiven: boolean;
  /** The whole command line that does it without asking. */
  readonly command: string;
}

const YES = /^y(es)?$/i;

/**
 * Says what is about to be done, and asks at a terminal whether to go on.
 * @throws CommandFailed when the answer is no, or nobody can be asked and `--yes` was not given
 */
export async function confirm({ what, isGiven, command }: Confirmation): Promise<void> {
  if (!isGiven && !(process.stdin.isTTY && process.stderr.isTTY)) {
    const message = `${what}. There is no terminal to confirm this, so nothing was changed. To do it: ${command}`;
    throw new CommandFailed(message, { exitStatus: EXIT_USAGE });
  }
  printError(`${what}.`);
  if (isGiven) return;
  printError("Continue? [y/N]");
  const lines = createInterface({ input: process.stdin });
  const answer = await new Promise<string>((resolve) => {
    lines.once("line", resolve);
    // Ctrl-D answers no.
    lines.once("close", () => resolve(""));
  });
  lines.close();
  if (!YES.test(answer.trim())) throw new CommandFailed("nothing was changed");
}
