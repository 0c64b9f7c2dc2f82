import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { FunctionPlace } from "./lambda-platform.ts";

const DIGITS = "0123456789";
const START_DIGITS = 9;

/**
 * A user that no function has, from anywhere in the range. Null: there are no users for functions.
 *
 * @param taken also those of deleted functions of which a process may still be there: it could reach what is the new function's
 */
export function freeUid(
  { uids }: Pick<FunctionPlace, "uids">,
  taken: ReadonlySet<number>,
  randomText: (alphabet: string, length: number) => string,
): number | null {
  if (uids === null) return null;
  const count = uids.last - uids.first + 1;
  const start = Number(randomText(DIGITS, START_DIGITS)) % count;
  for (let step = 0; step < count; step += 1) {
    const uid = uids.first + ((start + step) % count);
    if (!taken.has(uid)) return uid;
  }
  throw new CallerFault(
    "InvalidParameterValueException",
    `All ${count} users for functions (${uids.first}-${uids.last}) are taken: delete a function and wait until its calls have ended, or widen uids in the settings of the driver functions in sluice.yml and restart the server with --config sluice.yml.`,
  );
}
