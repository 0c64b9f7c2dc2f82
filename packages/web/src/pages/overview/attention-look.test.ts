import type { Attention } from "@sluice/wire/sluice/console-api.ts";
import { expect, it } from "vitest";
import { attentionKey, shownAttention } from "./attention-look.ts";

const dark = (hostId: string): Attention => ({ kind: "dark-host", summary: "dark", cure: "start it", hostId });

it("shows three dark hosts and counts the others, and leaves out nothing else", () => {
  const ready: Attention = { kind: "ready-deployment", summary: "ready", cure: "continue", deploymentId: "d-1" };
  const { rows, moreDarkHosts } = shownAttention([ready, ...["a", "b", "c", "d", "e"].map(dark)]);
  expect(rows.map(({ hostId }) => hostId)).toEqual([undefined, "a", "b", "c"]);
  expect(moreDarkHosts).toBe(2);
});

it("tells matters apart by what they are about", () => {
  const keys = [dark("a"), dark("b"), { kind: "server-trouble", summary: "deaf", cure: "look" }].map(attentionKey);
  expect(new Set(keys).size).toBe(3);
});
