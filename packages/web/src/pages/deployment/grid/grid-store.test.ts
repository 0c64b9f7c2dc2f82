import { expect, test, vi } from "vitest";
import { hostRow } from "./grid.fixture.ts";
import { createGridStore, type GridAnswer } from "./grid-store.ts";

const started = (eventId: number, targetId: string) => ({
  eventId,
  at: new Date(eventId * 1000),
  type: "lifecycleEventStarted",
  body: { targetId, event: "ApplicationStop" },
});
const statuses = (store: ReturnType<typeof createGridStore>) =>
  store.state.get().grid.rows.map(({ events }) => events[0]?.status);

test("events that come while the grid is read are applied to it, and older ones are not", async () => {
  const answer = Promise.withResolvers<GridAnswer>();
  const store = createGridStore(() => answer.promise);
  store.load();
  store.receive(started(5, "i-1"));
  store.receive(started(7, "i-2"));
  answer.resolve({ targets: [hostRow(1), hostRow(2)], eventId: 6 });
  await vi.waitFor(() => expect(statuses(store)).toEqual(["Pending", "InProgress"]));
  expect(store.state.get().grid.eventId).toBe(7);
  store.close();
});

test("many events are one change", async () => {
  const store = createGridStore(async () => ({ targets: [hostRow(1), hostRow(2), hostRow(3)], eventId: 0 }));
  store.load();
  await vi.waitFor(() => expect(statuses(store)).toHaveLength(3));
  let changes = 0;
  store.state.subscribe(() => {
    changes += 1;
  });
  for (const number of [1, 2, 3]) store.receive(started(number, `i-${number}`));
  await vi.waitFor(() => expect(statuses(store)).toEqual(["InProgress", "InProgress", "InProgress"]));
  expect(changes).toBe(1);
  store.close();
});

test("a start reads the targets, and a failed read keeps what there was until the next one", async () => {
  const answers: (() => Promise<GridAnswer>)[] = [
    async () => ({ targets: [], eventId: 1 }),
    async () => ({ targets: [hostRow(1)], eventId: 2 }),
    () => Promise.reject(new Error("away")),
  ];
  const store = createGridStore(() => answers.shift()!());
  store.load();
  await vi.waitFor(() => expect(store.state.get().isLoading).toBe(false));
  store.receive({ eventId: 2, at: new Date(0), type: "deploymentStarted", body: { targets: [] } });
  await vi.waitFor(() => expect(statuses(store)).toEqual(["Pending"]));
  store.load();
  await vi.waitFor(() => expect(store.state.get().error).toBeInstanceOf(Error));
  expect(statuses(store)).toEqual(["Pending"]);
  store.close();
});
