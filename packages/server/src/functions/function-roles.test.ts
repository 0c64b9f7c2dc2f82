import { afterAll, beforeAll, expect, it } from "vitest";
import { insertFunction } from "../store/lambda/functions.ts";
import { functionConfiguration, functionRow, functionVersion } from "../store/lambda/rows.fixture.ts";
import { saveVersion } from "../store/lambda/versions.ts";
import { openStore, type Store } from "../store/open-store.ts";
import { actionsOfRole, grantsOfFunctions, roleTrouble } from "./function-roles.ts";

const ARN = "arn:aws:iam::111122223333:role/payments";
const ROLES = {
  payments: ["codedeploy:GetDeployment"],
  [ARN]: ["codedeploy:ListDeployments"],
  other: ["sluice:GetDeploymentWaits"],
  empty: [],
};

let store: Store;
beforeAll(async () => {
  store = await openStore({ dataDirectory: ":memory:" });
  await insertFunction(store.db, functionRow());
  await saveVersion(store.db, functionVersion());
});
afterAll(() => store.close());

it.each([
  [ARN, ["codedeploy:GetDeployment", "codedeploy:ListDeployments"]],
  ["arn:aws:iam::111122223333:role/team/payments", ["codedeploy:GetDeployment"]],
  ["arn:aws:iam::444455556666:role/other", ["sluice:GetDeploymentWaits"]],
  ["arn:aws:iam::111122223333:role/empty", []],
  ["arn:aws:iam::111122223333:role/nobody", []],
  ["arn:aws:iam::111122223333:role/toString", []],
])("the Role %s has %j", (role, actions) => {
  expect([...actionsOfRole(role, ROLES)].sort()).toEqual(actions);
});

it("gives nothing that may not be given, should anybody have passed it", () => {
  expect([...actionsOfRole(ARN, { payments: ["sluice:TakeBackup", "no:Action"] })]).toEqual([]);
});

it("follows the function's Role", async () => {
  const grants = grantsOfFunctions(store.db, ROLES);
  expect([...((await grants?.("payments")) ?? [])]).toContain("codedeploy:GetDeployment");
  const role = "arn:aws:iam::111122223333:role/other";
  await saveVersion(store.db, functionVersion({ configuration: functionConfiguration({ role }) }));
  expect([...((await grants?.("payments")) ?? [])]).toEqual(["sluice:GetDeploymentWaits"]);
  expect([...((await grants?.("nobody")) ?? [])]).toEqual([]);
});

it("looks nothing up where no Role is given anything", () => {
  expect(grantsOfFunctions(store.db, { payments: [] })).toBeUndefined();
});

it("says which action is wrong, and where", () => {
  expect(roleTrouble(ROLES)).toBeUndefined();
  expect(roleTrouble({ ...ROLES, hook: ["s3:GetObject", "sluice:TakeBackup"] })).toEqual({
    role: "hook",
    index: 1,
    message: 'is "sluice:TakeBackup": it is for administrators, hosts or the server itself: leave it out',
  });
});
