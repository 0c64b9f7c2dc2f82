import { describe, expect, it } from "vitest";
import { sharedAnswer } from "./shared-answer.ts";

function counted() {
  const clock = { now: 1_000_000 };
  const made: PromiseWithResolvers<number>[] = [];
  const make = () => {
    const next = Promise.withResolvers<number>();
    made.push(next);
    return next.promise;
  };
  return { clock, made, ask: sharedAnswer(make, 1_000, () => clock.now) };
}

describe("a shared answer", () => {
  it("is made once for all who ask while it is made, and is kept for a while after", async () => {
    const { clock, made, ask } = counted();
    const answers = [ask(), ask(), ask()];
    clock.now += 5_000;
    answers.push(ask());
    made[0]?.resolve(7);
    expect(await Promise.all(answers)).toEqual([7, 7, 7, 7]);
    clock.now += 999;
    expect(await ask()).toBe(7);
    expect(made.length).toBe(1);
  });

  it.each([
    ["when it is old", 1_000],
    ["when the clock was set back", -1],
  ])("is made anew %s", async (_, milliseconds) => {
    const { clock, made, ask } = counted();
    const first = ask();
    made[0]?.resolve(7);
    await first;
    clock.now += milliseconds;
    const second = ask();
    made[1]?.resolve(8);
    expect(await second).toBe(8);
  });

  it("is made anew after one that failed", async () => {
    const { made, ask } = counted();
    const first = ask();
    made[0]?.reject(new Error("no"));
    await expect(first).rejects.toThrow("no");
    const second = ask();
    made[1]?.resolve(8);
    expect(await second).toBe(8);
  });
});
