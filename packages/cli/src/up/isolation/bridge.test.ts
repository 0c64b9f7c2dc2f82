import { expect, test } from "vitest";
import { ownIdentity } from "../../process/process-identity.ts";
import { createBridge, deleteBridge } from "./bridge.ts";
import { whyNoNamespaces } from "./namespace.ts";

const obstacle = await whyNoNamespaces();

test("bridges that are made at the same time have networks of their own", async (context) => {
  context.skip(obstacle !== undefined, obstacle);
  const owner = await ownIdentity();
  const names = Array.from({ length: 6 }, (_, index) => `sltest${process.pid % 100_000}${index}`);
  try {
    const bridges = await Promise.all(names.map((name) => createBridge(name, owner, undefined)));
    expect(new Set(bridges.map(({ subnet }) => subnet.prefix)).size).toBe(names.length);
  } finally {
    await Promise.all(names.map(deleteBridge));
  }
});
