import { CallerFault } from "@sluice/model/caller-fault.ts";
import { expect, it } from "vitest";
import { HeldRefusals, MAX_HELD_REFUSALS_PER_KEY } from "./held-refusals.ts";
import type { Principal } from "./principal.ts";

const throttled = () => {
  throw new CallerFault("ThrottlingException", "too often");
};

const keyOf = (accessKeyId: string): Principal => ({ role: "user", accessKeyId, hostId: null });

it("holds what is throttled until its time is over, and of one key only so many", async () => {
  const ends: (() => void)[] = [];
  const held = new HeldRefusals(() => new Promise((resolve) => ends.push(resolve)));
  const told: string[] = [];
  const call = (key: string) => held.after(keyOf(key), throttled).catch(() => void told.push(key));
  const calls = Array.from({ length: MAX_HELD_REFUSALS_PER_KEY }, () => call("loop"));
  await call("loop");
  // The one that had no room was told at once, and of another key there is room.
  expect(told).toEqual(["loop"]);
  calls.push(call("other"));
  expect(ends).toHaveLength(MAX_HELD_REFUSALS_PER_KEY + 1);
  for (const end of ends) end();
  await Promise.all(calls);
  expect(told).toHaveLength(MAX_HELD_REFUSALS_PER_KEY + 2);
});

it("holds nothing else, and no host", async () => {
  const held = new HeldRefusals(() => Promise.reject(new Error("waited")));
  await held.after(keyOf("key"), () => {});
  const host: Principal = { role: "host", accessKeyId: "h", hostId: "i-1" };
  await expect(held.after(host, throttled)).rejects.toMatchObject({ code: "ThrottlingException" });
  const broken = () => {
    throw new Error("broken");
  };
  await expect(held.after(keyOf("key"), broken)).rejects.toThrow("broken");
});
