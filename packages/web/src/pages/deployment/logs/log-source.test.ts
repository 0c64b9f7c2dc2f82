import type { LogEntry } from "@sluice/wire/sluice/sluice-api.ts";
import { expect, test, vi } from "vitest";
import { createLogSource, type LogPage } from "./log-source.ts";

const entry = (text: string): LogEntry => ({
  targetId: "i-1",
  hostName: "web-1",
  lifecycleEvent: "Install",
  at: new Date(0),
  stream: "stdout",
  scriptName: "x.sh",
  text,
});
/** A log of which each answer has one entry, and says where it ends. */
function storedLog() {
  const stored: string[] = [];
  const asked: (string | undefined)[] = [];
  let isOver = false;
  let trouble: Error | undefined;
  const read = async (cursor: string | undefined): Promise<LogPage> => {
    if (trouble) throw trouble;
    asked.push(cursor);
    const at = Number(cursor ?? 0);
    const entries = stored.slice(at, at + 1).map(entry);
    return { entries, cursor: String(at + entries.length), ended: isOver && at + entries.length === stored.length };
  };
  return {
    stored,
    asked,
    read,
    end: () => {
      isOver = true;
    },
    setTrouble: (error: Error | undefined) => {
      trouble = error;
    },
  };
}

test("reads from the beginning, on from where it was, and not past the end", async () => {
  const there = storedLog();
  there.stored.push("one\n", "two\n");
  const source = createLogSource(there.read);
  const texts = () => source.state.get().log.lines.map(({ text }) => text);
  source.readOn();
  await vi.waitFor(() => expect(source.state.get().phase).toBe("live"));
  expect(texts()).toEqual(["one", "two"]);
  there.stored.push("three\n");
  there.end();
  source.readOn();
  await vi.waitFor(() => expect(source.state.get().phase).toBe("ended"));
  expect(texts()).toEqual(["one", "two", "three"]);
  const { length } = there.asked;
  source.readOn();
  expect(there.asked).toHaveLength(length);
  source.close();
});

test("a failed read loses nothing", async () => {
  const there = storedLog();
  there.stored.push("one\n");
  const source = createLogSource(there.read);
  source.readOn();
  await vi.waitFor(() => expect(source.state.get().phase).toBe("live"));
  there.stored.push("two\n");
  there.setTrouble(new Error("away"));
  source.readOn();
  await vi.waitFor(() => expect(source.state.get().error).toBeInstanceOf(Error));
  there.setTrouble(undefined);
  source.readOn();
  await vi.waitFor(() => expect(source.state.get().log.lines).toHaveLength(2));
  expect(source.state.get().error).toBeUndefined();
  source.close();
});
