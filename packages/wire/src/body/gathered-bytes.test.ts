import { expect, it } from "vitest";
import { GatheredBytes } from "./gathered-bytes.ts";

it("gathers what came, in its order, and begins anew", () => {
  const gathered = new GatheredBytes();
  expect(gathered.take()).toEqual(Buffer.alloc(0));
  const sent = Buffer.from(Array.from({ length: 20_000 }, (_, index) => index % 251));
  for (const byte of sent) gathered.add(Buffer.of(byte));
  expect(gathered.length).toBe(sent.length);
  const first = gathered.take();
  gathered.add(Buffer.from("next"));
  expect(first.equals(sent)).toBe(true);
  expect(gathered.take().toString()).toBe("next");
});

it("holds a body in single bytes in no more than twice its length, and a little", () => {
  const gathered = new GatheredBytes();
  const byte = Buffer.of(7);
  for (let count = 0; count < 300_000; count += 1) gathered.add(byte);
  expect(gathered.take().buffer.byteLength).toBeLessThanOrEqual(600_000 + 4_096);
});
