import { hostCommand, hostTarget, lambdaTarget } from "@sluice/engine/target.fixture.ts";
import { expect, it } from "vitest";
import { systemTimers } from "../loops/timers.ts";
import { ChangeFeed } from "../store/change-feed.ts";
import { openStore } from "../store/open-store.ts";
import { insertTargets } from "../store/targets.ts";
import { CommandDesk } from "./command-desk.ts";

it("gives a host nothing that is meant for a function of its name", async () => {
  const store = await openStore({ dataDirectory: ":memory:" });
  const feed = new ChangeFeed();
  const desk = new CommandDesk({ store, timers: systemTimers, feed, newOffer: () => "offer" });
  const work = { status: "InProgress", command: hostCommand("Install") } as const;
  const [before, after] = [lambdaTarget("web-1", work), hostTarget("web-1", work)];
  await store.write((transaction) => insertTargets(transaction, "d-LAMBDA", [before]));
  const poll = desk.poll("web-1", new AbortController().signal);
  await new Promise(setImmediate);
  feed.publish({ deploymentId: "d-LAMBDA", offered: [before], hasEvents: true, isDue: false });
  feed.publish({ deploymentId: "d-HOSTS", offered: [after], hasEvents: true, isDue: false });
  expect(await poll).toMatchObject({ deploymentId: "d-HOSTS", event: "Install" });
  desk.close();
  await store.close();
});

it("holds a few polls of a host and no more: the oldest is answered, without a command", async () => {
  const store = await openStore({ dataDirectory: ":memory:" });
  const desk = new CommandDesk({ store, timers: systemTimers, feed: new ChangeFeed(), newOffer: () => "offer" });
  const end = new AbortController();
  const answered: number[] = [];
  const polls = Array.from({ length: 100 }, (_, index) =>
    desk.poll("i-1", end.signal).then((command) => {
      expect(command).toBeNull();
      answered.push(index);
    }),
  );
  const other = desk.poll("i-2", end.signal);
  await Promise.all(polls.slice(0, 92));
  expect(answered).toEqual(Array.from({ length: 92 }, (_, index) => index));
  expect(desk.waitingPolls).toBe(2);
  end.abort();
  await Promise.all([...polls, other]);
  expect(answered).toHaveLength(100);
  expect(desk.waitingPolls).toBe(0);
  desk.close();
  await store.close();
});
