/** Resolves with the signal that asks this process to end. A second one ends it at once, for when ending in order hangs. */
export function terminationAsked(): Promise<NodeJS.Signals> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => resolve(signal));
  }
  return promise;
}
