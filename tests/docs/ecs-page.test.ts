import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import {
  CREATE_CLUSTER_RULES,
  CREATE_SERVICE_RULES,
  CREATE_TASK_SET_RULES,
  LIST_SERVICES_RULES,
  LIST_TASKS_RULES,
  UPDATE_SERVICE_RULES,
} from "@sluice/server/operations/ecs/checks/service-members.ts";
import { TASK_DEFINITION_RULES } from "@sluice/server/operations/ecs/checks/task-definition-members.ts";
import { ECS_HANDLERS } from "@sluice/server/operations/ecs/ecs-operations.ts";
import type { AnyRules, MemberRule } from "@sluice/server/operations/member-rules.ts";
import { expect, it } from "vitest";

const PAGE = readFileSync(resolve(import.meta.dirname, "../../docs/reference/ecs.md"), "utf8");

const RULES: Readonly<Record<string, AnyRules>> = {
  RegisterTaskDefinition: TASK_DEFINITION_RULES,
  CreateService: CREATE_SERVICE_RULES,
  UpdateService: UPDATE_SERVICE_RULES,
  CreateTaskSet: CREATE_TASK_SET_RULES,
  CreateCluster: CREATE_CLUSTER_RULES,
  ListServices: LIST_SERVICES_RULES,
  ListTasks: LIST_TASKS_RULES,
};

it("names every operation that is served, and no other", () => {
  const calls = chapter("## Calls");
  const named = [...calls.matchAll(/`([A-Z]\w+)`/g)].map(([, name]) => name);
  const others = ["UnknownOperationException"];
  expect(named.filter((name) => !others.includes(name!)).toSorted()).toEqual(Object.keys(ECS_HANDLERS).toSorted());
});

it.each(Object.keys(RULES))("says of %s which members are read, and which are refused", (operation) => {
  const section = chapter(`### ${operation}`);
  const rules = membersOf(RULES[operation]!);
  const isRead = ([, rule]: (typeof rules)[number]) => rule.kind === "read";
  const [, read = ""] = /^Read: (.*)$/m.exec(section) ?? [];
  expect([...read.matchAll(/`([^`]+)`/g)].map(([, name]) => name)).toEqual(rules.filter(isRead).map(([name]) => name));
  const refused = [...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name);
  expect(refused).toEqual(rules.filter((member) => !isRead(member)).map(([name]) => name));
});

/** What stands below a heading, up to the next one. */
function chapter(heading: string): string {
  const lines = PAGE.split("\n");
  const below = lines.slice(lines.indexOf(heading) + 1);
  const end = below.findIndex((line) => line.startsWith("#"));
  return below.slice(0, end < 0 ? undefined : end).join("\n");
}

function membersOf(rules: AnyRules, path = ""): [name: string, rule: MemberRule][] {
  return Object.entries(rules).flatMap(([member, rule]): [string, MemberRule][] => {
    const name = path === "" ? member : `${path}.${member}`;
    return rule.kind === "within" ? membersOf(rule.rules, name) : [[name, rule]];
  });
}
