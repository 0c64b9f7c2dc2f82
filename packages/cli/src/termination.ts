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
