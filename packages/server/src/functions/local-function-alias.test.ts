import {
  type FunctionAliasWorld,
  functionAliasContract,
} from "@sluice/drivers/contracts/function-alias-contract.fixture.ts";
import type { AliasRouting } from "@sluice/engine/ports/function-alias.ts";
import { afterEach, beforeEach, expect, it } from "vitest";
import { findAlias, saveAlias } from "../store/lambda/aliases.ts";
import { functionAlias, functionConfiguration, functionVersion } from "../store/lambda/rows.fixture.ts";
import { saveVersion } from "../store/lambda/versions.ts";
import { openStore, type Store } from "../store/open-store.ts";
import { FUNCTION_SCOPE, FunctionWorld } from "./function-host.fixture.ts";
import { localFunctionAlias } from "./local-function-alias.ts";

const never = new AbortController().signal;
const ALIAS = { functionName: "payments", aliasName: "live" };

/** Each version has a handler of its own, by which the runner knows it. */
async function contractWorld(routing: AliasRouting): Promise<FunctionAliasWorld> {
  const store = await openStore({ dataDirectory: ":memory:" });
  const world = new FunctionWorld(store).open();
  await world.createFunction("payments");
  await world.change(async ({ db }) => {
    for (const version of ["1", "2", "3"]) {
      const configuration = functionConfiguration({ handler: `v${version}.handler` });
      await saveVersion(db, functionVersion({ functionName: "payments", version, configuration }));
    }
  });
  const change = ({ version, second }: AliasRouting) =>
    world.change(({ db }) =>
      saveAlias(
        db,
        functionAlias({ version, second: second && { version: second.version, weight: second.percent / 100 } }),
      ),
    );
  await change(routing);
  const { runner, changes } = world;
  let made = 0;
  return {
    functions: localFunctionAlias({
      store,
      runner,
      changes,
      scope: FUNCTION_SCOPE,
      randomUuid: () => `revision-${++made}`,
    }),
    alias: ALIAS,
    change,
    breakVersion: (version, why) => runner.troubles.set(`v${version}.handler`, why),
    mendVersion: (version) => runner.troubles.delete(`v${version}.handler`),
    close: async () => {
      await world.host.close();
      await store.close();
    },
  };
}

functionAliasContract("functions", contractWorld);

let store: Store;
let world: FunctionWorld;
beforeEach(async () => {
  store = await openStore({ dataDirectory: ":memory:" });
  world = new FunctionWorld(store).open();
  await world.createFunction("payments");
  await world.route("payments", 0);
});
afterEach(async () => {
  await world.host.close();
  await store.close();
});

function open() {
  let made = 0;
  const randomUuid = () => `revision-${++made}`;
  return localFunctionAlias({ store, runner: world.runner, changes: world.changes, scope: FUNCTION_SCOPE, randomUuid });
}
const shift = { currentVersion: "1", targetVersion: "2", percent: 100 };

it("gives an alias that it changes a new revision, and one that is as it should be keeps its own", async () => {
  const functions = open();
  const before = await findAlias(store.db, ALIAS);
  await functions.shift(ALIAS, { ...shift, percent: 0 }, never);
  expect(await findAlias(store.db, ALIAS)).toEqual(before);
  await functions.shift(ALIAS, shift, never);
  expect(await findAlias(store.db, ALIAS)).toMatchObject({ version: "2", second: null });
  expect((await findAlias(store.db, ALIAS))?.revisionId).not.toBe(before?.revisionId);
});

it("knows the function by its ARN, and no function of elsewhere by the same name", async () => {
  const functions = open();
  const arn = (account: string) => `arn:aws:lambda:us-east-1:${account}:function:payments`;
  expect(await functions.describe({ ...ALIAS, functionName: arn("111122223333") }, never)).toBeDefined();
  expect(await functions.describe({ ...ALIAS, functionName: arn("444455556666") }, never)).toBeUndefined();
  const refused = await functions.shift({ ...ALIAS, functionName: arn("444455556666") }, shift, never);
  expect(refused).toMatchObject({ outcome: "failed" });
});

it("is followed by the next invocation", async () => {
  const functions = open();
  for (const [percent, version] of [
    [100, "2"],
    [0, "1"],
    [100, "2"],
  ] as const) {
    await functions.shift(ALIAS, { ...shift, percent }, never);
    const invoked = world.invoke({ qualifier: "live" });
    await expect.poll(() => world.runner.environments.some(({ isBusy }) => isBusy), { timeout: 60_000 }).toBe(true);
    for (const environment of world.runner.environments) environment.answer();
    expect((await invoked).executedVersion).toBe(version);
  }
});
