import type { CodeDeployOperations } from "@sluice/wire/generated/codedeploy-shapes.ts";
import { CODEDEPLOY_TABLE } from "@sluice/wire/generated/codedeploy-shapes.ts";
import type { Shape } from "@sluice/wire/shapes/shape.ts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ROLE_ARN, S3_REVISION, type TestCodeDeploy, testCodeDeploy, withGroup } from "./codedeploy.fixture.ts";

const LONG = "x".repeat(20_000);
/** No error carries a caller's value back whole: an answer has bounds, and so has a log. */
const MAX_MESSAGE_CHARACTERS = 1500;
/** What is right where no value is long. */
const RIGHT = {
  applicationName: "MyWebApp",
  deploymentGroupName: "prod",
  currentDeploymentGroupName: "prod",
  deploymentId: "d-000000000",
  instanceName: "new",
  revision: S3_REVISION,
  serviceRoleArn: ROLE_ARN,
  s3Bucket: "bucket",
};

let codeDeploy: TestCodeDeploy;
beforeAll(async () => {
  codeDeploy = await testCodeDeploy();
  await withGroup(codeDeploy);
});
afterAll(() => codeDeploy.close());

it.each(Object.keys(CODEDEPLOY_TABLE) as (keyof CodeDeployOperations)[])(
  "%s quotes no long value whole",
  async (operation) => {
    const { input } = CODEDEPLOY_TABLE[operation];
    for (const [member, shape] of Object.entries(input.members)) {
      for (const value of withOneLongValue(shape)) {
        const message = await codeDeploy.call(operation, { ...RIGHT, [member]: value } as never).then(
          () => "",
          (error: Error) => error.message,
        );
        expect({
          member,
          isShort: message.length < MAX_MESSAGE_CHARACTERS,
          begins: message.slice(0, 200),
        }).toMatchObject({
          isShort: true,
        });
      }
    }
  },
);

/** A value of the shape for each text in it, which is long and alone. */
function withOneLongValue(shape: Shape): unknown[] {
  switch (shape.kind) {
    case "string":
      return [LONG];
    case "list":
      return withOneLongValue(shape.member).map((value) => [value]);
    case "map":
      return [{ [LONG]: [] }, ...withOneLongValue(shape.value).map((value) => ({ TargetStatus: value }))];
    case "structure":
      return Object.entries(shape.members).flatMap(([name, member]) =>
        withOneLongValue(member).map((value) => ({ ...beside(name), [name]: value })),
      );
    default:
      return [];
  }
}

/** What lets a check come as far as the long member. */
function beside(name: string): object {
  return name === "triggerTargetArn" || name === "triggerEvents" ? { triggerName: "all" } : {};
}
