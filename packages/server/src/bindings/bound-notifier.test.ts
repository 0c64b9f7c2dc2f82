import { memoryNotifier } from "@sluice/drivers/memory/memory-notifier.ts";
import type { Notification } from "@sluice/engine/ports/notifier.ts";
import { expect, it } from "vitest";
import { boundNotifier } from "./bound-notifier.ts";

const never = new AbortController().signal;
const ARN = "arn:aws:sns:us-east-1:111122223333:";

function world(...matches: readonly string[]) {
  const delivered = matches.map((): Notification[] => []);
  const notifier = boundNotifier(
    matches.map((match, index) => ({
      binding: { match, port: "notifier", driver: "memory", settings: {} },
      instance: memoryNotifier.create({}, { delivered: delivered[index]! }),
    })),
  );
  const deliver = (topic: string) =>
    notifier.deliver(
      {
        notificationId: "n-1",
        eventType: "DeploymentStart",
        triggerName: "t",
        target: ARN + topic,
        subject: "s",
        body: "{}",
      },
      never,
    );
  return { deliver, counts: () => delivered.map(({ length }) => length) };
}

it("sends each notification by the first binding that matches its topic's ARN or name", async () => {
  const { deliver, counts } = world(`${ARN}ops-*`, "chat", "c*");
  await deliver("ops-failures");
  await deliver("chat");
  await deliver("calendar");
  await deliver("calendar");
  expect(counts()).toEqual([1, 1, 2]);
});

it("refuses a topic that no binding matches, and says what to add", async () => {
  const { deliver } = world("chat");
  const outcome = await deliver("pager");
  expect(outcome.outcome).toBe("refused");
  expect(outcome).toMatchObject({ reason: expect.stringContaining(`${ARN}pager`) });
  expect(outcome).toMatchObject({
    reason: expect.stringContaining('- { match: "pager", port: notifier, driver: webhook'),
  });
});
