import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import {
  ADD_PERMISSION_RULES,
  CREATE_ALIAS_RULES,
  CREATE_FUNCTION_RULES,
  INVOKE_RULES,
  LIST_FUNCTIONS_RULES,
  PUBLISH_VERSION_RULES,
  UPDATE_CODE_RULES,
  UPDATE_CONFIGURATION_RULES,
} from "@sluice/server/operations/lambda/checks/function-members.ts";
import type { AnyRules, MemberRule } from "@sluice/server/operations/member-rules.ts";
import { LAMBDA_TABLE } from "@sluice/wire/generated/lambda-shapes.ts";
import { expect, it } from "vitest";

const PAGE = readFileSync(resolve(import.meta.dirname, "../../docs/reference/lambda.md"), "utf8");

const RULES: Readonly<Record<string, AnyRules>> = {
  CreateFunction: CREATE_FUNCTION_RULES,
  UpdateFunctionCode: UPDATE_CODE_RULES,
  UpdateFunctionConfiguration: UPDATE_CONFIGURATION_RULES,
  PublishVersion: PUBLISH_VERSION_RULES,
  CreateAlias: CREATE_ALIAS_RULES,
  AddPermission: ADD_PERMISSION_RULES,
  ListFunctions: LIST_FUNCTIONS_RULES,
  Invoke: INVOKE_RULES,
};

it("names every operation that is served, and no other", () => {
  const calls = chapter("## Calls");
  const named = [...calls.matchAll(/`([A-Z]\w+)`/g)].map(([, name]) => name);
  const others = ["UnknownOperationException"];
  expect(named.filter((name) => !others.includes(name!)).toSorted()).toEqual(Object.keys(LAMBDA_TABLE).toSorted());
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
