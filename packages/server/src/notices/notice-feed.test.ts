import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { watchHostStates } from "./host-state-watch.ts";
import type { Notice } from "./notice.ts";
import { NoticeFeed } from "./notice-feed.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const targetsOf = (notices: Notice[]) => notices.splice(0).map((notice) => "targetId" in notice && notice.targetId);

it("tells of output at once, and then each target once in a quarter of a second", () => {
  const feed = new NoticeFeed();
  const heard: Notice[] = [];
  feed.subscribe((notice) => heard.push(notice));
  feed.logsStored("d-1", ["web-1"]);
  expect(heard).toEqual([{ kind: "logs", deploymentId: "d-1", targetId: "web-1" }]);
  heard.splice(0);
  for (let count = 0; count < 100; count += 1) feed.logsStored("d-1", ["web-1", "web-2"]);
  expect(heard).toEqual([]);
  vi.advanceTimersByTime(250);
  expect(targetsOf(heard)).toEqual(["web-1", "web-2"]);
  vi.advanceTimersByTime(1_000);
  feed.logsStored("d-1", ["web-1"]);
  expect(targetsOf(heard)).toEqual(["web-1"]);
});

it("does nothing while nobody listens", () => {
  const feed = new NoticeFeed();
  feed.logsStored("d-1", ["web-1"]);
  expect(vi.getTimerCount()).toBe(0);
});

it("looks at hosts only while somebody listens, and tells when one changed", async () => {
  const feed = new NoticeFeed();
  let looks = 0;
  let state: "alive" | "dark" = "alive";
  const watch = watchHostStates({
    feed,
    states: async () => {
      looks += 1;
      return new Map([["web-1", state]]);
    },
    onError: (error) => expect(error).toBeUndefined(),
  });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(looks).toBe(0);
  const heard: Notice[] = [];
  const unsubscribe = feed.subscribe((notice) => heard.push(notice));
  await vi.advanceTimersByTimeAsync(3_000);
  expect(heard).toEqual([]);
  state = "dark";
  await vi.advanceTimersByTimeAsync(2_000);
  expect(heard).toEqual([{ kind: "changed", what: "hosts" }]);
  unsubscribe();
  const before = looks;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(looks).toBe(before);
  watch.close();
  expect(vi.getTimerCount()).toBe(0);
});
