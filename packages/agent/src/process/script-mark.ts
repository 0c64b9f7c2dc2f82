import { AsyncLocalStorage } from "node:async_hooks";

/** A script and what it starts have it in their environment, which only their user and root can read. */
export const SCRIPT_MARK_VARIABLE = "SLUICE_SCRIPT_MARK";

const marking = new AsyncLocalStorage<() => string>();

/** Each script that `work` starts, directly or after awaiting, asks for a mark of its own just before. */
export function withScriptMarks<T>(nextMark: () => string, work: () => T): T {
  return marking.run(nextMark, work);
}

/** What to add to the environment of the script that is about to start: nothing where nobody marks scripts. */
export function nextScriptMark(): Readonly<Record<string, string>> {
  const nextMark = marking.getStore();
  return nextMark === undefined ? {} : { [SCRIPT_MARK_VARIABLE]: nextMark() };
}
