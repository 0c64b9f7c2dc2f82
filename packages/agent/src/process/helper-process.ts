import { AsyncLocalStorage } from "node:async_hooks";
import type { ChildProcess, SpawnOptions } from "node:child_process";

/**
 * Whoever runs a lifecycle event may follow, through the asynchronous context, which processes it starts, so as to name a
 * script's process group after a crash. The agent's own small programs are not scripts: they start outside that context.
 */
const outsideOfAnyEvent = AsyncLocalStorage.snapshot();

export function startHelper(program: string, argv: readonly string[], options: SpawnOptions): ChildProcess {
  // Asked for here: an agent that only waits for commands starts nothing.
  const { spawn } = process.getBuiltinModule("node:child_process");
  return outsideOfAnyEvent(() => spawn(program, argv, options));
}

export interface HelperOptions {
  /** What the program has open as 3, 4 and so on. */
  readonly descriptors?: readonly number[];
  /** It is killed then, and not waited for: what waits for a disk cannot be killed. */
  readonly timeoutMs?: number | undefined;
}

/** Whether the program ran and ended with 0. */
export async function runHelper(
  program: string,
  argv: readonly string[],
  { descriptors = [], timeoutMs }: HelperOptions = {},
): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise((resolve) => {
      const child = startHelper(program, argv, { stdio: ["ignore", "ignore", "ignore", ...descriptors] });
      child.once("error", () => resolve(false));
      child.once("exit", (code) => resolve(code === 0));
      if (timeoutMs === undefined) return;
      timer = setTimeout(() => {
        child.kill("SIGKILL");
        child.unref();
        resolve(false);
      }, timeoutMs);
    });
  } finally {
    clearTimeout(timer);
  }
}
