import { afterAll, beforeAll, expect, it } from "vitest";
import { serviceRow, taskDefinitionRow } from "../../../store/ecs/rows.fixture.ts";
import { insertService } from "../../../store/ecs/services.ts";
import { insertTaskDefinition } from "../../../store/ecs/task-definitions.ts";
import { saveListener } from "../../../store/elb/listeners.ts";
import { saveLoadBalancer } from "../../../store/elb/load-balancers.ts";
import { saveAlias } from "../../../store/lambda/aliases.ts";
import { insertFunction } from "../../../store/lambda/functions.ts";
import { functionAlias, functionRow, functionVersion } from "../../../store/lambda/rows.fixture.ts";
import { saveVersion } from "../../../store/lambda/versions.ts";
import { type TestInstallation, testInstallation } from "../installation.fixture.ts";
import { listShiftResources, MAX_RESOURCES_LISTED } from "./list-shift-resources.ts";

const bindings = [{ port: "task-sets", match: "*", driver: "docker" }];
let here: TestInstallation;

beforeAll(async () => {
  here = await testInstallation();
  const loadBalancer = {
    name: "web",
    type: "application",
    scheme: "internal",
    subnets: [],
    securityGroups: [],
  } as const;
  const usual = { createdAt: 0, attributes: {}, tags: [] };
  await here.context.store.write(async ({ db }) => {
    await insertService(db, serviceRow({ cluster_name: "demo", service_name: "shop" }));
    await insertService(db, serviceRow({ service_id: "other", service_name: "gone", status: "INACTIVE" }));
    for (const [family, revision, status] of [
      ["shop", 9, "ACTIVE"],
      ["shop", 10, "ACTIVE"],
      ["shop", 8, "INACTIVE"],
      ["api", 1, "ACTIVE"],
    ] as const) {
      await insertTaskDefinition(db, taskDefinitionRow({ family, revision, status }));
    }
    await saveLoadBalancer(db, { arn: "arn:lb", ...loadBalancer, ...usual });
    const defaultAction = { kind: "fixed-response", status: 404, contentType: null, body: null } as never;
    const listener = { protocol: "HTTP", certificate: null, defaultAction, tags: [], createdAt: 0 } as const;
    await saveListener(db, { arn: "arn:l", loadBalancerArn: "arn:lb", port: 80, ...listener });
    await insertFunction(db, functionRow());
    for (const version of ["$LATEST", "9", "10"]) await saveVersion(db, functionVersion({ version }));
    await saveAlias(db, functionAlias({ aliasName: "live", version: "9" }));
  });
});
afterAll(() => here.close());

const list = (serves: object) =>
  listShiftResources(
    {},
    { ...here.context, serves: { containers: true, balancers: true, functions: true, bindings, ...serves } },
  );

it("lists what is on the server, the newest of each first", async () => {
  expect(await list({})).toEqual({
    services: [{ clusterName: "demo", serviceName: "shop" }],
    taskDefinitions: ["api:1", "shop:10", "shop:9"],
    targetGroups: [],
    listeners: [{ arn: "arn:l", loadBalancerName: "web", port: 80 }],
    functions: [{ name: "payments", aliases: [{ name: "live", version: "9" }], versions: ["10", "9"] }],
    bindings,
    cut: false,
  });
});

it("lists nothing of what the server does not serve", async () => {
  const nothing = { services: [], taskDefinitions: [], targetGroups: [], listeners: [], functions: [], cut: false };
  expect(await list({ containers: false, balancers: false, functions: false, bindings: [] })).toEqual({
    ...nothing,
    bindings: [],
  });
});

it("says that it leaves some out", async () => {
  await here.context.store.write(async ({ db }) => {
    for (let index = 0; index < MAX_RESOURCES_LISTED; index += 1) {
      await insertFunction(db, functionRow({ function_name: `f${index}`, uid: null }));
    }
  });
  const { functions, cut } = await list({});
  expect([functions.length, cut]).toEqual([MAX_RESOURCES_LISTED, true]);
});
