import { randomText } from "../access/random-text.ts";
import { changeFunction, functionsWithoutUser, takenUids } from "../store/lambda/functions.ts";
import type { Store } from "../store/open-store.ts";
import { freeUid } from "./free-uid.ts";
import type { FunctionPlace } from "./lambda-platform.ts";

/**
 * A user for each function that was created while the setting `isolation` was `none`, before the first of them is called. Rejects when there are
 * too few users; those that have none are then not run.
 */
export async function giveUsers(
  { db, write }: Pick<Store, "db" | "write">,
  place: Pick<FunctionPlace, "uids">,
  random: (alphabet: string, length: number) => string = randomText,
): Promise<void> {
  if (place.uids === null) return;
  for (const functionName of await functionsWithoutUser(db)) {
    await write(async (transaction) => {
      const uid = freeUid(place, await takenUids(transaction.db), random);
      await changeFunction(transaction.db, functionName, { uid });
    });
  }
}
