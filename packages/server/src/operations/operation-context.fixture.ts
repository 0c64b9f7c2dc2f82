import { randomBytes, randomUUID } from "node:crypto";
import { DEFAULT_SERVICE_LIMITS } from "@sluice/model/service-limits.ts";
import type { Principal } from "../access/principal.ts";
import { openStore } from "../store/open-store.ts";
import type { OperationContext } from "./operation.ts";
import { pageTokens } from "./page-tokens.ts";

/** A clock that stands still until a test moves it. */
export interface TestClock {
  now: number;
}

export const ROOT: Principal = { role: "root", accessKeyId: "AKIATESTROOT00000000", hostId: null };

/** What an operation needs, over a store in memory. Close the store after use. */
export async function testContext(clock: TestClock): Promise<OperationContext> {
  return {
    store: await openStore({ dataDirectory: ":memory:" }),
    now: () => clock.now,
    accountId: "111122223333",
    region: "us-east-1",
    randomText: (alphabet, length) =>
      Array.from(randomBytes(length), (byte) => alphabet[byte % alphabet.length]).join(""),
    randomUuid: randomUUID,
    forgetKeys: () => {},
    pageTokens: pageTokens("the secret of a test", "111122223333"),
    limits: DEFAULT_SERVICE_LIMITS,
    principal: ROOT,
  };
}
