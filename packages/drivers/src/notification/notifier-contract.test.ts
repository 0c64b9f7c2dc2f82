import type { Notification, Notifier } from "@sluice/engine/ports/notifier.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type AnsweringServer,
  queryAnswer,
  queryRefusal,
  startAnsweringServer,
} from "../aws/answering-server.fixture.ts";
import { memoryNotifier } from "../memory/memory-notifier.ts";
import { snsNotifier } from "../sns/sns-notifier.ts";
import { webhookNotifier } from "../webhook/webhook-notifier.ts";

type Fate = "take" | "busy" | "refuse" | "hang";

/** One receiver and a driver that reaches it. */
interface World {
  readonly notifier: Notifier;
  fate: Fate;
  /** Ids and bodies, as the receiver has them. */
  readonly taken: () => readonly { readonly id: string; readonly body: string }[];
  /** How often the receiver was asked. */
  readonly asked: () => number;
}

const SECRET = "a-secret-that-nobody-else-knows";
const notification: Notification = {
  notificationId: "n-1",
  eventType: "DeploymentFailure",
  triggerName: "to chat: ärger",
  target: "arn:aws:sns:eu-central-1:111122223333:chat",
  subject: "FAILED: AWS CodeDeploy d-1 in eu-central-1 to café\nBcc: everyone",
  body: '{"status":"Failed","errorInformation":{"ErrorCode":"HEALTH_CONSTRAINTS","ErrorMessage":"ä"}}',
};
const never = new AbortController().signal;

let receiver: AnsweringServer;
beforeEach(async () => {
  receiver = await startAnsweringServer();
});
afterEach(() => receiver.close());

function memoryWorld(): World {
  const delivered: Notification[] = [];
  let asked = 0;
  const world: World = {
    fate: "take",
    taken: () => delivered.map(({ notificationId: id, body }) => ({ id, body })),
    asked: () => asked,
    notifier: memoryNotifier.create(
      {},
      {
        delivered,
        onDeliver: () => {
          asked += 1;
          if (world.fate === "hang") return new Promise(() => {});
          if (world.fate === "take") return { outcome: "delivered" };
          return world.fate === "busy"
            ? { outcome: "retry", reason: "memory is busy" }
            : { outcome: "refused", reason: "memory refuses" };
        },
      },
    ),
  };
  return world;
}

function snsWorld(): World {
  const taken: { id: string; body: string }[] = [];
  const settings = { region: "eu-central-1", accessKeyId: "AKIATEST", secretAccessKey: SECRET };
  const world: World = {
    fate: "take",
    taken: () => taken,
    asked: () => new Set(receiver.questions.map(({ headers }) => headers["amz-sdk-invocation-id"])).size,
    notifier: snsNotifier.create({ ...settings, endpoint: receiver.url, form: "documented" }, {}),
  };
  receiver.answer = ({ form }) => {
    switch (world.fate) {
      case "hang":
        return "hang";
      case "busy":
        return queryRefusal(503, "InternalError", `try later, ${SECRET}`);
      case "refuse":
        return queryRefusal(404, "NotFound", `no such topic, ${SECRET}`);
      default:
        taken.push({
          id: form.get("MessageAttributes.entry.1.Value.StringValue") ?? "",
          body: form.get("Message") ?? "",
        });
        return queryAnswer("Publish", "<MessageId>m-1</MessageId>");
    }
  };
  return world;
}

function webhookWorld(): World {
  const taken: { id: string; body: string }[] = [];
  const world: World = {
    fate: "take",
    taken: () => taken,
    asked: () => receiver.questions.length,
    notifier: webhookNotifier.create(
      { url: `${receiver.url}/hooks/${SECRET}?key=${SECRET}`, secret: SECRET },
      { now: () => 1_793_491_200_000 },
    ),
  };
  receiver.answer = ({ headers, body }) => {
    switch (world.fate) {
      case "hang":
        return "hang";
      case "busy":
        return { status: 503, body: SECRET };
      case "refuse":
        return { status: 404, body: SECRET };
      default:
        taken.push({ id: String(headers["webhook-id"]), body });
        return { status: 204, body: "" };
    }
  };
  return world;
}

describe.each([
  ["memory", memoryWorld],
  ["sns", snsWorld],
  ["webhook", webhookWorld],
])("the notifier driver %s", (_name, createWorld) => {
  it("delivers the body to the letter, under the notification's id", async () => {
    const world = createWorld();
    expect(await world.notifier.deliver(notification, never)).toEqual({ outcome: "delivered" });
    expect(world.taken()).toEqual([{ id: "n-1", body: notification.body }]);
  });

  it("delivers again under the same id when it is asked again", async () => {
    const world = createWorld();
    await world.notifier.deliver(notification, never);
    await world.notifier.deliver(notification, never);
    expect(world.taken().map(({ id }) => id)).toEqual(["n-1", "n-1"]);
  });

  it("asks to be tried again by a receiver that is busy, with a reason and no secret", async () => {
    const world = createWorld();
    world.fate = "busy";
    const outcome = await world.notifier.deliver(notification, never);
    expect(outcome).toMatchObject({ outcome: "retry", reason: expect.stringMatching(/\w/) });
    expect(JSON.stringify(outcome)).not.toContain(SECRET);
    expect(world.taken()).toEqual([]);
  }, 20_000);

  it("says when it was refused, with a reason and no secret", async () => {
    const world = createWorld();
    world.fate = "refuse";
    const outcome = await world.notifier.deliver(notification, never);
    expect(outcome).toMatchObject({ outcome: "refused", reason: expect.stringMatching(/\w/) });
    expect(JSON.stringify(outcome)).not.toContain(SECRET);
    expect(world.asked()).toBe(1);
  });

  it("does not begin when it was told to stop", async () => {
    const world = createWorld();
    await expect(world.notifier.deliver(notification, AbortSignal.abort())).rejects.toThrow();
    expect(world.asked()).toBe(0);
  });
});

describe.each([
  ["sns", snsWorld],
  ["webhook", webhookWorld],
])("the notifier driver %s", (_name, createWorld) => {
  it("stops waiting when it is told to", async () => {
    const world = createWorld();
    world.fate = "hang";
    const stop = new AbortController();
    const answer = receiver.answer;
    receiver.answer = (question) => {
      queueMicrotask(() => stop.abort(new Error("enough")));
      return answer(question);
    };
    await expect(world.notifier.deliver(notification, stop.signal)).rejects.toThrow("enough");
  });

  it("asks to be tried again when nobody listens", async () => {
    const world = createWorld();
    await receiver.close();
    const outcome = await world.notifier.deliver(notification, never);
    expect(outcome).toMatchObject({ outcome: "retry", reason: expect.stringContaining("ECONNREFUSED") });
    expect(JSON.stringify(outcome)).not.toContain(SECRET);
    receiver = await startAnsweringServer();
  }, 20_000);
});

describe("the notifier driver sns", () => {
  it("publishes to the topic with a subject that SNS takes", async () => {
    await snsWorld().notifier.deliver({ ...notification, subject: `${notification.subject}${"x".repeat(200)}` }, never);
    const [question] = receiver.questions;
    expect(question?.form.get("TopicArn")).toBe(notification.target);
    expect(question?.form.get("Subject")).toHaveLength(100);
    expect(question?.form.get("Subject")).toContain("to caf??Bcc: everyone");
    expect(question?.form.has("MessageGroupId")).toBe(false);
  });

  it("orders and de-duplicates in a FIFO topic", async () => {
    await snsWorld().notifier.deliver({ ...notification, target: `${notification.target}.fifo` }, never);
    const [question] = receiver.questions;
    expect(question?.form.get("MessageDeduplicationId")).toBe("n-1");
    expect(question?.form.get("MessageGroupId")).toMatch(/^[\w.%~'()*!-]+$/);
  });

  it.each([
    [undefined, { status: "FAILED", errorInformation: '{"ErrorCode":"HEALTH_CONSTRAINTS","ErrorMessage":"ä"}' }],
    ["documented" as const, { errorInformation: { ErrorCode: "HEALTH_CONSTRAINTS", ErrorMessage: "ä" } }],
  ])("publishes as CodeDeploy does, unless the binding says otherwise (form: %s)", async (form, expected) => {
    snsWorld();
    const settings = {
      region: "eu-central-1",
      accessKeyId: "AKIATEST",
      secretAccessKey: SECRET,
      endpoint: receiver.url,
    };
    await snsNotifier.create({ ...settings, ...(form ? { form } : {}) }, {}).deliver(notification, never);
    expect(JSON.parse(receiver.questions[0]?.form.get("Message") ?? "")).toMatchObject(expected);
  });
});
