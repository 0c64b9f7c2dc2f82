import type { LogChunk } from "@sluice/wire/sluice/operations.ts";
import { expect, it } from "vitest";
import { LOG_WAITING_MAX_CHARACTERS, LogShipper } from "./log-shipper.ts";

it("bounds what waits while the server is away, marks the gap, and goes on in order afterwards", async () => {
  const stored: LogChunk[] = [];
  const back = Promise.withResolvers<void>();
  let isAway = true;
  const shipper = new LogShipper({
    putLogs: async (chunks) => {
      if (isAway) {
        await back.promise;
        throw new Error("connection refused");
      }
      stored.push(...chunks);
    },
  });
  const block = "x".repeat(500_000);
  const logs = Array.from({ length: 12 }, (_, index) => shipper.openCommand(`c-${index}`));
  for (const log of logs) log.write({ stream: "stdout", scriptName: "s", text: block });
  isAway = false;
  back.resolve();
  await Promise.all(logs.map((log) => log.end()));
  const kept = stored.filter(({ stream }) => stream === "stdout").reduce((sum, { text }) => sum + text.length, 0);
  expect(kept).toBe(LOG_WAITING_MAX_CHARACTERS);
  const gaps = stored.filter(({ stream }) => stream === "agent");
  expect(gaps.map(({ hostCommandIdentifier }) => hostCommandIdentifier)).toEqual(["c-8", "c-9", "c-10", "c-11"]);
  for (const { hostCommandIdentifier: id } of gaps) {
    const sequences = stored.filter((chunk) => chunk.hostCommandIdentifier === id).map(({ sequence }) => sequence);
    expect(sequences).toEqual(sequences.map((_, index) => index));
  }
  shipper.close();
});

it("never throws at a script, even after it was closed", async () => {
  const shipper = new LogShipper({ putLogs: () => Promise.reject(new Error("away")) });
  const log = shipper.openCommand("c");
  shipper.close();
  log.write({ stream: "stdout", scriptName: "s", text: "late" });
  await log.end();
});
