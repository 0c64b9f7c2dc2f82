import { expect, it } from "vitest";
import { policyProblems } from "./policy-problems.ts";

const KNOWLEDGE = { actions: ["codedeploy:ListApplications"], accountId: "123456789012" };
const policy = (statement: object) => JSON.stringify({ Version: "2012-10-17", Statement: [statement] }, undefined, 2);

it("says at which line and column a policy is wrong", () => {
  const text = policy({ Effect: "Perhaps", Action: "codedeploy:*", Resource: "*" });
  const [problem, ...more] = policyProblems(text, "managed", KNOWLEDGE);
  expect(more).toEqual([]);
  expect(problem).toMatchObject({ severity: "error", line: 5, column: 17 });
  expect(problem?.message).toMatch(/^Statement\[0\]\.Effect /);
  expect(policyProblems("{", "managed", KNOWLEDGE)[0]).toMatchObject({ severity: "error", line: 1 });
});

it("warns of an action that nobody serves, unless it does not know them all", () => {
  const text = policy({ Effect: "Allow", Action: "codedeploy:ListAplications", Resource: "*" });
  expect(policyProblems(text, "managed", KNOWLEDGE)).toMatchObject([{ severity: "warning", line: null }]);
  expect(policyProblems(text, "managed", { ...KNOWLEDGE, actions: undefined })).toEqual([]);
});
