import { type ChildProcess, spawn } from "node:child_process";
import { resolve } from "node:path";

/** What the parts of the demo share: what they say, what they start, and how they fail. */
export const SLUICE = resolve("bin/sluice");

/** A demo that is not as expected is a failure, told in one line. */
export class Unexpected extends Error {}

export function expectThat(condition: boolean, problem: string): void {
  if (!condition) throw new Unexpected(problem);
}

export function say(text: string): void {
  console.log(`\n── ${text}`);
}

/** Programs that are to end with the demo, whatever ends it. */
const children = new Set<ChildProcess>();
let isEnding = false;

/** Ends what was started, and waits until it has ended. A step that was interrupted goes on meanwhile, but starts nothing more. */
export async function endChildren(): Promise<void> {
  isEnding = true;
  await Promise.all(
    [...children].map((child) => {
      const gone = new Promise((done) => child.once("exit", done));
      if (child.exitCode !== null || child.signalCode !== null) return undefined;
      child.kill("SIGTERM");
      return gone;
    }),
  );
}

export function start(
  program: string,
  args: readonly string[],
  stdio: "inherit" | "piped",
  isApart = false,
): ChildProcess {
  if (isEnding) throw new Unexpected(`${program} is not started any more`);
  const child = spawn(program, args, {
    stdio: stdio === "inherit" ? "inherit" : ["ignore", "pipe", "pipe"],
    detached: isApart,
  });
  children.add(child);
  child.once("close", () => children.delete(child));
  return child;
}

/** `sluice …`, as a person types it: the live view at a terminal, and lines anywhere else. Gives its exit status. */
export async function sluice(...args: readonly string[]): Promise<number> {
  console.log(`$ sluice ${args.join(" ")}`);
  const child = start(SLUICE, args, process.stdout.isTTY ? "inherit" : "piped");
  child.stdout?.pipe(process.stdout, { end: false });
  child.stderr?.pipe(process.stderr, { end: false });
  return new Promise((done, failed) => child.once("error", failed).once("close", (code) => done(code ?? 1)));
}
