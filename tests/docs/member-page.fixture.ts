import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { AnyRules, MemberRule } from "@sluice/server/operations/member-rules.ts";
import { expect, it } from "vitest";

/** What stands in the chapter of calls like an operation, and is none. */
const OTHERS = ["UnknownOperationException"];

export interface MemberPage {
  /** In docs/reference. */
  readonly page: string;
  /** By operation. */
  readonly rules: Readonly<Record<string, AnyRules>>;
  /** All that are served. */
  readonly operations: readonly string[];
}

/** Tests that a page of reference says which operations are served, and which of their members are read and which refused. */
export function memberPage({ page, rules: rulesOf, operations }: MemberPage): void {
  const text = readFileSync(resolve(import.meta.dirname, "../../docs/reference", page), "utf8");

  it("names every operation that is served, and no other", () => {
    const calls = chapter(text, "## Calls");
    const named = [...calls.matchAll(/`([A-Z]\w+)`/g)].map(([, name]) => name);
    expect(named.filter((name) => !OTHERS.includes(name!)).toSorted()).toEqual(operations.toSorted());
  });

  it.each(Object.keys(rulesOf))("says of %s which members are read, and which are refused", (operation) => {
    const section = chapter(text, `### ${operation}`);
    const rules = membersOf(rulesOf[operation]!);
    const isRead = ([, rule]: (typeof rules)[number]) => rule.kind === "read";
    const [, read = ""] = /^Read: (.*)$/m.exec(section) ?? [];
    expect([...read.matchAll(/`([^`]+)`/g)].map(([, name]) => name)).toEqual(
      rules.filter(isRead).map(([name]) => name),
    );
    const refused = [...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name);
    expect(refused).toEqual(rules.filter((member) => !isRead(member)).map(([name]) => name));
  });
}

/** What stands below a heading, up to the next one. */
function chapter(page: string, heading: string): string {
  const lines = page.split("\n");
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
