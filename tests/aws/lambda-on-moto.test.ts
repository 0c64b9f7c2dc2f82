import { functionAliasContract } from "@sluice/drivers/contracts/function-alias-contract.fixture.ts";
import { lambdaFunctionAlias } from "@sluice/drivers/lambda/lambda-function-alias.ts";
import { afterAll, beforeAll, beforeEach, describe } from "vitest";
import { createLambdaCloud, type LambdaCloud } from "./lambda-cloud.fixture.ts";
import { type MotoServer, startMoto, whyNoMoto } from "./moto-server.fixture.ts";

const whyNot = whyNoMoto();

describe("functions of Lambda, against moto", () => {
  const undo = new AsyncDisposableStack();
  let moto: MotoServer;
  let cloud: LambdaCloud;

  beforeEach((context) => context.skip(whyNot !== null, whyNot ?? ""));

  beforeAll(async () => {
    if (whyNot !== null) return;
    moto = await startMoto();
    undo.defer(() => moto.stop());
    cloud = await createLambdaCloud(moto);
    undo.defer(() => cloud.close());
  }, 180_000);
  afterAll(() => undo.disposeAsync());

  functionAliasContract("lambda", async (routing) => {
    const alias = await cloud.createAlias(routing);
    return {
      functions: lambdaFunctionAlias.create(moto.settings, { now: Date.now }),
      alias,
      change: (changed) => cloud.change(alias, changed),
      breakVersion: null,
      mendVersion: () => {},
    };
  });
});
