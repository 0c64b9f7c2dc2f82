import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { CONDITION_KEYS } from "@sluice/model/policy/condition-keys.ts";
import { BASE_OPERATORS } from "@sluice/model/policy/condition-operators.ts";
import { MANAGED_POLICIES } from "@sluice/model/policy/managed-policies.ts";
import { parsePolicy } from "@sluice/model/policy/parse-policy.ts";
import { policyWarnings } from "@sluice/model/policy/policy-warnings.ts";
import { describe, expect, it } from "vitest";

const page = readFileSync(resolve(import.meta.dirname, "../../docs/reference/policies.md"), "utf8");

/** The names between backticks in the first column of the table that begins with `header`. */
function firstColumn(header: string): string[] {
  const [, table = ""] = page.split(`| ${header} |`);
  const [rows = ""] = table.split("\n\n");
  return rows
    .split("\n")
    .slice(2)
    .flatMap((row) => [...(row.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name));
}

describe("docs/reference/policies.md", () => {
  it("lists the managed policies as the code has them", () => {
    const rows = MANAGED_POLICIES.map(({ name, description }) => `| \`${name}\` | ${description} |`);
    expect(page).toContain(`|---|---|\n${rows.join("\n")}\n\n`);
  });

  it("lists every operator and every condition key", () => {
    expect(firstColumn("operators | compare").sort()).toEqual(BASE_OPERATORS.map(({ name }) => name).sort());
    const keys = CONDITION_KEYS.map(({ name, isTag }) => (isTag ? `${name}KEY` : name));
    expect(firstColumn("key | what it is | when a request has it")).toEqual(keys);
  });

  it("shows a policy that is valid, and about which nothing is to be said", () => {
    const [, text = ""] = /^```json\n(\{.*?)^```$/ms.exec(page) ?? [];
    const known = ["codedeploy:CreateDeployment", "codedeploy:GetDeployment", "codedeploy:ListDeployments"];
    expect(policyWarnings(parsePolicy(text, "example"), known)).toEqual([]);
  });
});
