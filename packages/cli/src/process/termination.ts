import { readFileSync } from "node:fs";

const TERMINAL_POLL_MILLISECONDS = 1_000;

/**
 * Resolves with the signal that asks this process to end. A second Ctrl-C ends it at once, for when ending in order hangs; a second
 * SIGTERM does not: the kernel sends one for every thread of a parent that dies (prctl(2), PR_SET_PDEATHSIG).
 */
export function terminationAsked(): Promise<NodeJS.Signals> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  process.once("SIGINT", resolve);
  for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, resolve);
  return promise;
}

/**
 * The same, and SIGHUP also when the terminal is closed that this process was started in. The kernel sends it to the program in the foreground, and
 * bash to those in the background; other shells do not.
 */
export function terminationOrTerminalClosed(): Promise<NodeJS.Signals> {
  const asked = terminationAsked();
  if (!hasTerminal()) return asked;
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  const poll = setInterval(() => {
    if (!hasTerminal()) resolve("SIGHUP");
  }, TERMINAL_POLL_MILLISECONDS).unref();
  return Promise.race([asked, promise]).finally(() => clearInterval(poll));
}

/** Whether it has a controlling terminal (proc(5), `stat` field 7): the kernel takes it away when the terminal is closed. */
function hasTerminal(): boolean {
  const stat = readFileSync("/proc/self/stat", "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[4] !== "0";
}
