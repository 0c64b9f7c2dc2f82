import { expect, it } from "vitest";
import { accessSearch } from "../access-search.ts";
import { explainInput, whoInput } from "./explain-input.ts";

it("asks about a key, a user or a role", () => {
  expect(["key:AKIA1", "user:ada", "role:ci", "group:x", "ada", "user: "].map(whoInput)).toEqual([
    { accessKeyId: "AKIA1" },
    { userName: "ada" },
    { roleName: "ci" },
    undefined,
    undefined,
    undefined,
  ]);
});

it("asks once the question is whole, with what is known besides", () => {
  const search = accessSearch({ who: "user:ada", action: "codedeploy:CreateDeployment", tags: "Env=prod, Team=web" });
  expect(explainInput(search)).toBeUndefined();
  expect(explainInput({ ...search, resource: "*", address: "10.0.0.1" })).toEqual({
    userName: "ada",
    action: "codedeploy:CreateDeployment",
    resource: "*",
    sourceAddress: "10.0.0.1",
    resourceTags: [
      { Key: "Env", Value: "prod" },
      { Key: "Team", Value: "web" },
    ],
  });
});
