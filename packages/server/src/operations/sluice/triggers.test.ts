import type { TriggerConfig } from "@aws-sdk/client-codedeploy";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Action } from "../../access/action.ts";
import { authorize } from "../../access/authorize.ts";
import type { Principal } from "../../access/principal.ts";
import { GROUP_FIELDS } from "../../store/columns/group-columns.ts";
import { claimDeliveries, giveUpDelivery, insertDeliveries, recordDelivered } from "../../store/deliveries.ts";
import { groupRow } from "../../store/rows.fixture.ts";
import { type TestInstallation, testInstallation } from "./installation.fixture.ts";
import { SLUICE_HANDLERS } from "./sluice-operations.ts";

const { ListTriggerDeliveries, ReplayTriggerDelivery, TestTriggers } = SLUICE_HANDLERS;
const TOPIC = "arn:aws:sns:us-east-1:111122223333:chat";
let here: TestInstallation;

beforeEach(async () => {
  here = await testInstallation();
});
afterEach(() => here.close());

const idOf = (number: number) => `n-${String(number).padStart(4, "0")}`;

/** Messages 1 to `count` of as many deployments. */
async function make(count: number): Promise<void> {
  const messages = Array.from({ length: count }, (_, index) => ({
    notification_id: idOf(index + 1),
    event_id: index + 1,
    ordinal: 0,
    deployment_id: `d-${index + 1}`,
    application_name: "web",
    deployment_group_name: "prod",
    trigger_name: "to-chat",
    trigger_target_arn: TOPIC,
    event_type: "InstanceFailure",
    target_id: "i-1",
    subject: "s",
    body: "{}",
  }));
  await here.context.store.write((transaction) => insertDeliveries(transaction, messages, here.clock.now));
}

async function fail(...numbers: readonly number[]): Promise<void> {
  const { now } = here.clock;
  await here.context.store.write(async (transaction) => {
    await claimDeliveries(transaction, "me", now, now + 1_000, 1_000);
    for (const number of numbers) {
      await giveUpDelivery(transaction, {
        notificationId: idOf(number),
        owner: "me",
        reason: "no such topic",
        at: now,
      });
    }
  });
}

describe("ListTriggerDeliveries", () => {
  it("gives every message once, the newest first, page by page", async () => {
    await make(230);
    const ids: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await ListTriggerDeliveries({ nextToken }, here.context);
      expect(page.deliveries.length).toBeLessThanOrEqual(100);
      ids.push(...page.deliveries.map(({ notificationId }) => notificationId));
      nextToken = page.nextToken;
    } while (nextToken);
    expect(ids).toEqual(Array.from({ length: 230 }, (_, index) => idOf(230 - index)));
  });

  it("narrows by status and deployment, and says what became of each", async () => {
    await make(3);
    await fail(2);
    await here.context.store.write((transaction) =>
      recordDelivered(transaction, { notificationId: idOf(1), owner: "me", at: here.clock.now }),
    );
    const failed = await ListTriggerDeliveries({ status: "failed" }, here.context);
    expect(failed.deliveries).toEqual([
      {
        notificationId: idOf(2),
        status: "failed",
        applicationName: "web",
        deploymentGroupName: "prod",
        deploymentId: "d-2",
        triggerName: "to-chat",
        triggerTargetArn: TOPIC,
        eventType: "InstanceFailure",
        targetId: "i-1",
        subject: "s",
        body: "{}",
        attempts: 1,
        createdAt: new Date(here.clock.now),
        lastAttemptAt: new Date(here.clock.now),
        nextAttemptAt: undefined,
        deliveredAt: undefined,
        reason: "no such topic",
      },
    ]);
    const [delivered, ...others] = (await ListTriggerDeliveries({ deploymentId: "d-1" }, here.context)).deliveries;
    expect(others).toEqual([]);
    expect(delivered).toMatchObject({ status: "delivered", deliveredAt: new Date(here.clock.now) });
  });

  it.each([
    [{ status: "lost" }, "ValidationException"],
    [{ nextToken: "mine" }, "InvalidNextTokenException"],
    [{ nextToken: Buffer.from("[1,2]").toString("base64url") }, "InvalidNextTokenException"],
  ])("refuses %j", async (input, code) => {
    await expect(ListTriggerDeliveries(input, here.context)).rejects.toMatchObject({ code });
  });
});

describe("ReplayTriggerDelivery", () => {
  const statusOf = async (number: number) =>
    (await ListTriggerDeliveries({ deploymentId: `d-${number}` }, here.context)).deliveries[0]?.status;

  it("sends one message again, whether it failed or was delivered", async () => {
    await make(2);
    await fail(1);
    await here.context.store.write((transaction) =>
      recordDelivered(transaction, { notificationId: idOf(2), owner: "me", at: here.clock.now }),
    );
    for (const number of [1, 2]) {
      expect(await ReplayTriggerDelivery({ notificationId: idOf(number) }, here.context)).toEqual({ replayed: 1 });
      expect(await statusOf(number)).toBe("pending");
    }
    expect(here.senderWakes()).toBe(2);
  });

  it("sends all that failed again, and none that is being sent", async () => {
    await make(4);
    await fail(1, 3);
    expect(await ReplayTriggerDelivery({ allFailed: true }, here.context)).toEqual({ replayed: 2 });
    expect(await ReplayTriggerDelivery({ notificationId: idOf(2) }, here.context)).toEqual({ replayed: 0 });
    expect(await ReplayTriggerDelivery({ allFailed: true }, here.context)).toEqual({ replayed: 0 });
  });

  it.each([
    [{}, "ValidationException"],
    [{ notificationId: "n-1", allFailed: true }, "ValidationException"],
    [{ notificationId: "n-none" }, "TriggerDeliveryDoesNotExistException"],
  ])("refuses %j", async (input, code) => {
    await expect(ReplayTriggerDelivery(input, here.context)).rejects.toMatchObject({ code });
  });
});

describe("TestTriggers", () => {
  async function makeGroup(triggerConfigurations: TriggerConfig[]): Promise<void> {
    await here.context.store.write(async ({ db }) => {
      const application = {
        application_id: "a",
        application_name: "web",
        compute_platform: "Server" as const,
        created_at: 0,
      };
      await db.insertInto("applications").values(application).execute();
      const fields_json = GROUP_FIELDS.write({ serviceRoleArn: "", triggerConfigurations });
      await db
        .insertInto("deployment_groups")
        .values(groupRow({ application_id: "a", fields_json }))
        .execute();
    });
  }
  const test = () => TestTriggers({ applicationName: "web", deploymentGroupName: "prod" }, here.context);

  it("sends each type of each trigger once and reports each outcome, and leaves nothing behind", async () => {
    await makeGroup([
      { triggerName: "one", triggerTargetArn: TOPIC, triggerEvents: ["DeploymentStart", "InstanceReady"] },
      { triggerName: "two", triggerTargetArn: TOPIC, triggerEvents: ["DeploymentStop"] },
    ]);
    here.onNotify = ({ triggerName }) =>
      triggerName === "two" ? { outcome: "refused", reason: "no such topic" } : { outcome: "delivered" };
    expect((await test()).tests).toEqual([
      { triggerName: "one", triggerTargetArn: TOPIC, eventType: "DeploymentStart", delivered: true },
      { triggerName: "one", triggerTargetArn: TOPIC, eventType: "InstanceReady", delivered: true },
      {
        triggerName: "two",
        triggerTargetArn: TOPIC,
        eventType: "DeploymentStop",
        delivered: false,
        reason: "no such topic",
      },
    ]);
    expect(here.notified.map(({ body }) => JSON.parse(body).sluiceTest)).toEqual(["true", "true"]);
    expect((await ListTriggerDeliveries({}, here.context)).deliveries).toEqual([]);
  });

  it("of a group without triggers is nothing, and of none a fault", async () => {
    await expect(test()).rejects.toMatchObject({ code: "ApplicationDoesNotExistException" });
    await makeGroup([]);
    expect(await test()).toEqual({ tests: [] });
  });
});

it("lets a key that may only read see messages, and send none", () => {
  const may = (role: Principal["role"], action: Action) => authorize({ role }, action, undefined);
  expect(may("read-only", "sluice:ListTriggerDeliveries")).toBe("allowed");
  for (const action of ["sluice:ReplayTriggerDelivery", "sluice:TestTriggers"] as const) {
    expect(may("read-only", action)).toBe("refused");
    expect(may("host", action)).toBe("refused");
    expect(may("root", action)).toBe("allowed");
  }
});
