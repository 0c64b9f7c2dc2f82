import type { LogChunk } from "@sluice/wire/sluice/sluice-api.ts";
import { expect, it, vi } from "vitest";
import { ServerRefusal } from "./host-server.ts";
import {
  LogShipper,
  MAX_LOG_REFUSED_MILLISECONDS,
  MAX_LOG_REQUEST_CHUNKS,
  MAX_LOG_WAITING_CHARACTERS,
} from "./log-shipper.ts";

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
  expect(kept).toBe(MAX_LOG_WAITING_CHARACTERS);
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

it("drops what the server refuses, marks the gap, and goes on with that command and with others", async () => {
  const stored: LogChunk[] = [];
  const dropped: [string, number][] = [];
  const refused = new ServerRefusal("LogDoesNotExistException", "it is not kept");
  const putLogs = async (chunks: readonly LogChunk[]) => {
    const isRefused = ({ hostCommandIdentifier, text }: LogChunk) =>
      hostCommandIdentifier === "ended" || text === "bad";
    stored.push(...chunks.filter((chunk) => !isRefused(chunk) && !stored.some((known) => isSame(known, chunk))));
    if (chunks.some(isRefused)) throw refused;
  };
  const shipper = new LogShipper({ putLogs }, (command, characters) => dropped.push([command, characters]));
  const write = (log: ReturnType<LogShipper["openCommand"]>, text: string) =>
    log.write({ stream: "stdout", scriptName: "s", text });
  const [good, ended, mixed] = ["good", "ended", "mixed"].map((id) => shipper.openCommand(id));
  write(ended!, "late words");
  write(good!, "one");
  write(mixed!, "bad");
  await Promise.all([ended!.end(), good!.end()]);
  write(mixed!, "fine");
  await mixed!.end();
  const textsOf = (id: string) => stored.filter((chunk) => chunk.hostCommandIdentifier === id).map(({ text }) => text);
  expect(textsOf("good")).toEqual(["one"]);
  expect(textsOf("mixed")).toEqual([expect.stringContaining("3 characters of output are missing"), "fine"]);
  expect(textsOf("ended")).toEqual([]);
  expect(dropped.toSorted()).toEqual([
    ["ended", 10],
    ["mixed", 3],
  ]);
  shipper.close();
});

function isSame(one: LogChunk, other: LogChunk): boolean {
  return one.hostCommandIdentifier === other.hostCommandIdentifier && one.sequence === other.sequence;
}

it("does not ask for ever a server that answers and takes nothing", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "hrtime"] });
  try {
    const dropped: string[] = [];
    let isOut = true;
    const stored: LogChunk[] = [];
    const putLogs = async (chunks: readonly LogChunk[]) => {
      if (isOut) throw new ServerRefusal("AccessDeniedException", "the command is another's");
      stored.push(...chunks);
    };
    const shipper = new LogShipper({ putLogs }, (command) => dropped.push(command));
    shipper.openCommand("c-1").write({ stream: "stdout", scriptName: "s", text: "never wanted" });
    await vi.advanceTimersByTimeAsync(MAX_LOG_REFUSED_MILLISECONDS / 2);
    expect(dropped).toEqual([]);
    await vi.advanceTimersByTimeAsync(MAX_LOG_REFUSED_MILLISECONDS);
    expect(dropped).toEqual(["c-1"]);
    isOut = false;
    shipper.openCommand("c-2").write({ stream: "stdout", scriptName: "s", text: "wanted" });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(stored.map(({ text }) => text)).toEqual(["wanted"]);
    shipper.close();
  } finally {
    vi.useRealTimers();
  }
});

it("sends many small pieces in requests that a server reads", async () => {
  const sizes: number[] = [];
  const shipper = new LogShipper({ putLogs: async (chunks) => void sizes.push(chunks.length) });
  const log = shipper.openCommand("c");
  for (let index = 0; index < MAX_LOG_REQUEST_CHUNKS * 2; index += 1) {
    log.write({ stream: "stdout", scriptName: "s", text: "x" });
  }
  await log.end();
  expect(sizes).toEqual([MAX_LOG_REQUEST_CHUNKS, MAX_LOG_REQUEST_CHUNKS]);
  shipper.close();
});
