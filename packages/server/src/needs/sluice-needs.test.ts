import { afterAll, beforeAll, expect, it } from "vitest";
import { newHostRow } from "../hosts/new-host.ts";
import { USER_TAGS } from "../store/columns/iam-columns.ts";
import { insertDeliveries } from "../store/deliveries.ts";
import { insertHost } from "../store/hosts.ts";
import { openStore, type Store } from "../store/open-store.ts";
import { deploymentRow } from "../store/rows.fixture.ts";
import { sluiceNeeds } from "./sluice-needs.ts";

const IAM = "arn:aws:iam::111122223333";
let store: Store;

beforeAll(async () => {
  store = await openStore({ dataDirectory: ":memory:" });
  const dated = { description: null, created_at: 1 };
  await store.write(async (transaction) => {
    const { db } = transaction;
    const host = { hostId: "i-1", hostIdentifier: "i-1", hostName: "web-1", kind: "instance", tags: [] } as const;
    const names = { application_name: "web", deployment_group_name: "live" };
    await db.insertInto("deployments").values(deploymentRow("d-1", names)).execute();
    const message = { notification_id: "n1", event_id: 1, ordinal: 0, deployment_id: "d-1", target_id: null };
    const trigger = { trigger_name: "t", trigger_target_arn: "arn:t", event_type: "DeploymentStart" };
    await insertDeliveries(transaction, [{ ...message, ...names, ...trigger, subject: "", body: "" }], 0);
    await insertHost(transaction, newHostRow({ ...host, now: 0 }));
    await db
      .insertInto("iam_users")
      .values({
        ...{ user_name: "Ann", name_key: "ann", user_id: "AIDA1", path: "/team/", ...dated },
        tags_json: USER_TAGS.write([]),
      })
      .execute();
    await db
      .insertInto("iam_roles")
      .values({
        ...{ role_name: "Deploy", name_key: "deploy", role_id: "AROA1", path: "/" },
        ...{ ...dated, max_session_seconds: 900 },
      })
      .execute();
    await db
      .insertInto("iam_policies")
      .values({
        ...{ policy_name: "Guard", name_key: "guard", policy_id: "ANPA1", path: "/" },
        ...{ ...dated, document: "{}", updated_at: 1 },
      })
      .execute();
    await db
      .insertInto("access_keys")
      .values([
        { access_key_id: "AKIA1", secret_access_key: "x", role: "user", user_name: "Ann", host_id: null, ...dated },
        { access_key_id: "AKIA3", secret_access_key: "x", role: "host", user_name: null, host_id: "i-1", ...dated },
      ])
      .execute();
  });
});
afterAll(() => store.close());

it.each([
  ["DeleteUser", { userName: "ANN" }, `${IAM}:user/team/Ann`],
  ["PutUser", { userName: "new", path: "/admin/" }, `${IAM}:user/admin/new`],
  ["CreateAccessKey", { role: "user", userName: "ann" }, `${IAM}:user/team/Ann`],
  ["CreateAccessKey", { role: "root" }, "*"],
  ["RotateAccessKey", { accessKeyId: "AKIA1" }, `${IAM}:user/team/Ann`],
  ["DeleteAccessKey", { accessKeyId: "AKIA2" }, "*"],
  ["DeleteAccessKey", { accessKeyId: "AKIA3" }, "arn:aws:sluice:us-east-1:111122223333:host/web-1"],
  ["DeleteRole", { roleName: "deploy" }, `${IAM}:role/Deploy`],
  ["PutPolicy", { policyName: "guard" }, `${IAM}:policy/Guard`],
  ["DeletePolicy", { policyName: `${IAM}:policy/other/guard` }, `${IAM}:policy/Guard`],
  ["GetPolicy", { policyName: "ReadOnlyAccess" }, "arn:aws:iam::aws:policy/ReadOnlyAccess"],
  ["ListUsers", {}, "*"],
  [
    "ReplayTriggerDelivery",
    { notificationId: "n1" },
    "arn:aws:codedeploy:us-east-1:111122223333:deploymentgroup:web/live",
  ],
  ["ReplayTriggerDelivery", { allFailed: true }, "*"],
])("%s %j is about what is stored", async (operation, input, resource) => {
  const context = { db: store.db, region: "us-east-1", accountId: "111122223333" };
  expect(await sluiceNeeds(operation, input as object, context)).toEqual([{ action: `sluice:${operation}`, resource }]);
});
