import { expect, it } from "vitest";
import type { Action } from "../access/action.ts";
import { GRANTS } from "../access/grants.ts";
import { kindOf } from "./action-kind.ts";

const READS = /^(Get|List|Describe|BatchGet|Search|Compare|Read|Explain|Plan|Stream)/;
/** What is called like a read and is none, or the other way round. */
const BY_NAME: Readonly<Record<string, string>> = {
  "sluice:TakeBackup": "told-read",
  "sluice:GetAgentProgram": "told-read",
  "sluice:HostHeartbeat": "agent",
  "sluice:PutHostLogs": "agent",
  "sluice:SpeakForHost": "agent",
  "sluice:ProveHearing": "agent",
};

/** What is named otherwise than it is done would be left out of the audit, or fill it. */
it("knows of every action whether it changes something", () => {
  const actions = Object.keys(GRANTS) as Action[];
  const wrong = actions.filter((action) => {
    const name = action.slice(action.indexOf(":") + 1);
    const expected = action.startsWith("codedeploy-commands:")
      ? "agent"
      : (BY_NAME[action] ?? (READS.test(name) ? "read" : "change"));
    return kindOf(action) !== expected;
  });
  expect(actions.length).toBeGreaterThan(150);
  expect(wrong).toEqual([]);
});
