import type { SluiceServer } from "../installation/sluice-server.fixture.ts";
import { BEGINNING } from "./fuzz-beginning.fixture.ts";
import { FuzzCaller } from "./fuzz-caller.fixture.ts";
import { OPERATIONS } from "./fuzz-calls.fixture.ts";
import { withOneOdd } from "./fuzz-values.fixture.ts";

/** What a form without an answer sends, and what it sends after a slip of the thumb. */
const ODD_TEXTS = ["", " "];

/**
 * Every text of every operation's input once as something that is no name, with the rest of the input right. What is made up seldom has one fault
 * alone, and so is seldom refused for that one. Throws what is wrong with the answers, all of them.
 */
export async function tryOddTexts(server: SluiceServer): Promise<void> {
  const caller = new FuzzCaller(server);
  const wrong: string[] = [];
  try {
    await caller.putRevision();
    for (const { service, operation, input, callOf } of OPERATIONS) {
      for (const call of BEGINNING) await caller.try(call);
      for (const value of ODD_TEXTS.flatMap((text) => [...withOneOdd(input, service, text)])) {
        await caller
          .try({ service, operation, call: callOf(value) })
          .catch(({ message }: Error) => wrong.push(message));
      }
    }
  } finally {
    caller.close();
  }
  if (wrong.length > 0) throw new Error(wrong.join("\n"));
}
