import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ARN, LambdaWorld } from "../lambda.fixture.ts";

let world: LambdaWorld;
beforeAll(async () => {
  world = await LambdaWorld.begin();
  await world.create({ Publish: true });
});
afterAll(() => world.close());

describe("GetFunctionCodeSigningConfig", () => {
  it.each(["payments", ARN])("says of %s that there is none", async (FunctionName) => {
    expect(await world.call("GetFunctionCodeSigningConfig", { FunctionName })).toEqual({
      FunctionName: "payments",
      CodeSigningConfigArn: "",
    });
  });

  it("says that a function is not there", async () => {
    expect(await world.fault("GetFunctionCodeSigningConfig", { FunctionName: "nobody" })).toBe(
      `ResourceNotFoundException: Function not found: ${ARN.replace("payments", "nobody")}`,
    );
  });

  it("is about the function alone", async () => {
    expect(await world.fault("GetFunctionCodeSigningConfig", { FunctionName: "payments:1" })).toContain(
      "FunctionName names 1 of payments",
    );
  });
});
