import { expect, test } from "vitest";
import { conditionRows } from "./condition-rows.fixture.ts";
import { decide } from "./decide.ts";
import { actionRows, resourceRows, statementRows, variableRows } from "./decision-rows.fixture.ts";
import { parsePolicy } from "./parse-policy.ts";
import type { NamedPolicy, PolicyRequest } from "./policy-document.ts";

const ACTION = "codedeploy:CreateDeployment";
const GROUP = "arn:aws:codedeploy:eu-west-1:111122223333:deploymentgroup:web/test";

type Context = PolicyRequest["context"];
const EFFECT = { yes: "allow", no: "implicit-deny", never: "explicit-deny" } as const;

function policy(statements: object | readonly object[], Version = "2012-10-17"): NamedPolicy {
  const text = JSON.stringify({ Version, Statement: statements });
  return { name: "p", document: parsePolicy(text, "p") };
}

function effectOf(identity: NamedPolicy, action = ACTION, resource = GROUP, context: Context = {}): string {
  return decide([identity], undefined, { action, resource, context }).effect;
}

/** The rows whose effect is another one, with that. */
function wrong<Row extends readonly unknown[]>(
  rows: readonly Row[],
  actual: (row: Row) => string,
  expected: (row: Row) => keyof typeof EFFECT,
) {
  return rows
    .map((row) => ({ row, actual: actual(row), expected: EFFECT[expected(row)] }))
    .filter((one) => one.actual !== one.expected);
}

test("the table has at least 300 decisions, each once", () => {
  const all = [actionRows, resourceRows, conditionRows, variableRows, statementRows].flatMap((rows) =>
    rows.map((row) => JSON.stringify(row)),
  );
  expect(all.length).toBeGreaterThanOrEqual(300);
  expect(new Set(all).size).toBe(all.length);
});

test("actions", () => {
  const found = wrong(
    actionRows,
    ([pattern, action]) => effectOf(policy({ Effect: "Allow", Action: pattern, Resource: "*" }), action),
    ([, , expected]) => expected,
  );
  expect(found).toEqual([]);
});

test("resources", () => {
  const found = wrong(
    resourceRows,
    ([pattern, resource]) => effectOf(policy({ Effect: "Allow", Action: "*", Resource: pattern }), ACTION, resource),
    ([, , expected]) => expected,
  );
  expect(found).toEqual([]);
});

test("conditions", () => {
  const found = wrong(
    conditionRows,
    ([operator, wanted, given]) => {
      const statement = {
        Effect: "Allow",
        Action: "*",
        Resource: "*",
        Condition: { [operator]: { "aws:Key": wanted } },
      };
      const values = given === null ? undefined : typeof given === "string" ? [given] : given;
      return effectOf(policy(statement), ACTION, GROUP, values === undefined ? {} : { "aws:key": values });
    },
    ([, , , expected]) => expected,
  );
  expect(found).toEqual([]);
});

test("a condition has the same meaning in a Deny", () => {
  const found = wrong(
    conditionRows,
    ([operator, wanted, given]) => {
      const all = { Action: "*", Resource: "*" };
      const statement = { Effect: "Deny", ...all, Condition: { [operator]: { "AWS:KEY": wanted } } };
      const values = given === null ? undefined : typeof given === "string" ? [given] : given;
      const context: Context = values === undefined ? {} : { "aws:key": values };
      return effectOf(policy([{ Effect: "Allow", ...all }, statement]), ACTION, GROUP, context);
    },
    ([, , , expected]) => (expected === "yes" ? "never" : "yes"),
  );
  expect(found).toEqual([]);
});

test("variables", () => {
  const context: Context = {
    "aws:username": ["ann"],
    "aws:principaltag/team": ["web"],
    "aws:principaltag/star": ["*"],
    "aws:principaltag/upper": ["WEB"],
    "aws:tagkeys": ["one", "two"],
  };
  const found = wrong(
    variableRows,
    ([where, written, given, , version]) => {
      const all = { Effect: "Allow", Action: "*" };
      if (where === "Resource") {
        return effectOf(
          policy({ ...all, Resource: `arn:aws:s3:::b/${written}` }, version),
          ACTION,
          `arn:aws:s3:::b/${given}`,
          context,
        );
      }
      const statement = { ...all, Resource: "*", Condition: { [where]: { "aws:Key": written } } };
      return effectOf(policy(statement, version), ACTION, GROUP, { ...context, "aws:key": [given] });
    },
    ([, , , expected]) => expected,
  );
  expect(found).toEqual([]);
});

test("statements and policies together", () => {
  const found = wrong(
    statementRows,
    ([, { identity, session, action = ACTION, resource = GROUP, context = {} }]) => {
      const sessionPolicies = session?.map((one) => policy(one));
      return decide(
        identity.map((one) => policy(one)),
        sessionPolicies,
        { action, resource, context },
      ).effect;
    },
    ([, , expected]) => expected,
  );
  expect(found).toEqual([]);
});
