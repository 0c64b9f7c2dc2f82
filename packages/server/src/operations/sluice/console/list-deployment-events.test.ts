import type { DeploymentEvent } from "@sluice/engine/event.ts";
import { deploymentEventWords } from "@sluice/model/deployment-event-words.ts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { appendEvents } from "../../../store/events.ts";
import { deploymentRow } from "../../../store/rows.fixture.ts";
import { type TestInstallation, testInstallation } from "../installation.fixture.ts";
import { listDeploymentEvents, MAX_LISTED_EVENTS } from "./list-deployment-events.ts";

const ID = "d-EVENTS000";
const AT = 1_764_460_800_000;
let here: TestInstallation;

beforeAll(async () => {
  here = await testInstallation();
  await here.context.store.write(({ db }) =>
    db
      .insertInto("deployments")
      .values(deploymentRow(ID, { status: "InProgress", advancing: 1 }))
      .execute(),
  );
});
afterAll(() => here.close());

const of = { targetId: "i-1", event: "ApplicationStart" } as const;
const diagnostics = { errorCode: "Success", scriptName: "", message: "Succeeded", logTail: "" } as const;
const EVENTS: readonly DeploymentEvent[] = [
  { type: "deploymentStarted", targets: [], minimumHealthyHosts: 0 },
  { type: "stageEntered", stage: "deploy" },
  { type: "commandOffered", ...of, by: "agent", attempt: 1 },
  { type: "commandOffered", ...of, by: "hook", attempt: 1 },
  { type: "lifecycleEventStarted", ...of, offer: "o" },
  { type: "lifecycleEventSucceeded", ...of, diagnostics },
  { type: "lifecycleEventFailed", ...of, diagnostics, agentIssue: false },
  { type: "targetWaiting", ...of, reason: "3 connections", since: AT, until: null },
  { type: "targetSucceeded", targetId: "i-1" },
  { type: "deploymentSucceeded" },
];
const list = (nextToken?: string) => listDeploymentEvents({ deploymentId: ID, nextToken }, here.context);

it("lists what happened to the whole deployment, page by page, and not what its targets did", async () => {
  await here.context.store.write((transaction) => appendEvents(transaction, ID, 0, EVENTS, AT));
  const { events, eventId, nextToken } = await list();
  expect(events.map(({ type }) => type)).toEqual(["deploymentStarted", "stageEntered", "deploymentSucceeded"]);
  expect(events[1]).toEqual({ eventId: "2", at: new Date(AT), type: "stageEntered", body: '{"stage":"deploy"}' });
  expect([eventId, nextToken]).toEqual(["10", undefined]);

  const many = Array.from({ length: MAX_LISTED_EVENTS }, (_, number): DeploymentEvent => {
    return { type: "statusMessageAdded", message: String(number) };
  });
  await here.context.store.write((transaction) => appendEvents(transaction, ID, EVENTS.length, many, AT));
  const first = await list();
  expect(first.events).toHaveLength(MAX_LISTED_EVENTS);
  const rest = await list(first.nextToken);
  expect(rest.events.map(({ body }) => JSON.parse(body).message)).toEqual(["997", "998", "999"]);
  expect(rest.nextToken).toBeUndefined();
});

it("refuses what it does not know", async () => {
  const refusal = (deploymentId: string, nextToken?: string) =>
    listDeploymentEvents({ deploymentId, nextToken }, here.context).catch(({ code }) => code);
  expect(await refusal("")).toBe("DeploymentIdRequiredException");
  expect(await refusal("d-NOBODY000")).toBe("DeploymentDoesNotExistException");
  expect(await refusal(ID, "x")).toBe("InvalidNextTokenException");
});

it("has words for each of them", async () => {
  const { events } = await list();
  const said = events.map(({ type, body }) => deploymentEventWords(type, JSON.parse(body))?.title);
  expect(said.slice(0, 4)).toEqual(["Started with 0 targets", "Hosts get the revision", "Succeeded", "0"]);
  expect(deploymentEventWords("somethingNew", {})).toBeUndefined();
});
