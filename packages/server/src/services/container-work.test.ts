import { newContainerPlan } from "@sluice/drivers/contracts/container-engine-contract.fixture.ts";
import type { ContainerPlan } from "@sluice/engine/ports/container-engine.ts";
import type { PortOutcome } from "@sluice/engine/ports/port-outcome.ts";
import { expect, it, vi } from "vitest";
import { systemTimers } from "../loops/timers.ts";
import { ContainerWork } from "./container-work.ts";

/** As many as it asks for at the same time. */
const STARTS_AT_ONCE = 16;

/** Of an engine that answers only when a start is given up. */
function openWork() {
  const asked: string[] = [];
  const done: string[] = [];
  const start = ({ taskId }: ContainerPlan, signal: AbortSignal) => {
    asked.push(taskId);
    return new Promise<PortOutcome>((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  };
  const never = async () => ({ outcome: "done" }) as const;
  const work = new ContainerWork({
    engine: { start, stop: never, remove: never },
    view: { look: async () => {} },
    timers: systemTimers,
    onDone: (taskId) => done.push(taskId),
    onRefused: () => {},
  });
  const begin = (taskId: string) => work.do({ kind: "start", plan: newContainerPlan("app:1", { taskId }) });
  return { work, begin, asked, done };
}

it("ends a start that waits for its place when its task is to stop, and keeps the places of the others", async () => {
  const { work, begin, asked, done } = openWork();
  const first = Array.from({ length: STARTS_AT_ONCE }, (_, index) => `task-${index}`);
  for (const taskId of [...first, "given-up", "next", "last"]) begin(taskId);
  await vi.waitFor(() => expect(asked).toEqual(first));
  work.giveUpStarts("given-up");
  await vi.waitFor(() => expect(done).toEqual(["given-up"]));
  expect(asked).toEqual(first);
  work.giveUpStarts("task-3");
  await vi.waitFor(() => expect(done).toEqual(["given-up", "task-3"]));
  await vi.waitFor(() => expect(asked).toEqual([...first, "next"]));
  await work.close();
  expect(asked).not.toContain("last");
});
