import { setTimeout } from "node:timers/promises";

const PAUSE_MILLISECONDS = 20;

/** Asks until the answer is the wanted one. The test's own time limit ends it, with the last answer lost: keep conditions plain. */
export async function until<Answer>(ask: () => Promise<Answer> | Answer, isWanted: (answer: Answer) => boolean) {
  for (;;) {
    const answer = await ask();
    if (isWanted(answer)) return answer;
    await setTimeout(PAUSE_MILLISECONDS);
  }
}
