import { expect, test } from "vitest";
import type { DeploymentView } from "./deployment-view.ts";
import { eventKey, storedTails } from "./stored-tails.ts";

const at = new Date("2026-11-29T10:00:00Z");
const failure = { errorCode: "ScriptFailed", scriptName: "check.sh", message: "failed", logTail: "[stderr]no" };
const event = (name: string, logTail: string) => ({
  name,
  status: "Failed",
  startedAt: at,
  endedAt: at,
  wait: undefined,
  failure: { ...failure, logTail },
});
const view: DeploymentView = {
  id: "d-A1B2C3D4E",
  application: "web",
  group: "prod",
  status: "Failed",
  createdAt: at,
  completedAt: at,
  error: undefined,
  statusMessages: [],
  revision: undefined,
  wait: undefined,
  rollback: undefined,
  shift: undefined,
  targets: [
    {
      id: "i-1",
      kind: "host",
      name: "web-1",
      status: "Failed",
      events: [event("ApplicationStop", ""), event("BeforeInstall", "no")],
    },
    { id: "i-2", kind: "host", name: "web-2", status: "Failed", events: [event("BeforeInstall", "nor this")] },
  ],
} as DeploymentView;
const of = (targetId: string, text: string) => ({
  targetId,
  hostName: targetId.replace("i", "web"),
  lifecycleEvent: "BeforeInstall",
  at,
  stream: "agent",
  scriptName: "check.sh",
  text,
});

test("the ends of logs that agents sent are entries where there is no other output", () => {
  expect(storedTails(view, { known: new Set() })).toEqual([of("i-1", "no"), of("i-2", "nor this")]);
  expect(storedTails(view, { known: new Set([eventKey("i-1", "BeforeInstall")]) })).toEqual([of("i-2", "nor this")]);
});

test("only of the host and the event that are asked for", () => {
  expect(storedTails(view, { known: new Set(), targetId: "i-2" })).toEqual([of("i-2", "nor this")]);
  expect(storedTails(view, { known: new Set(), lifecycleEvent: "ApplicationStop" })).toEqual([]);
});
