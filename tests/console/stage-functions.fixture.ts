import {
  CreateAliasCommand,
  CreateFunctionCommand,
  LambdaClient,
  PublishVersionCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { zipOf } from "@sluice/drivers/function-processes/zipped-code.fixture.ts";

const FUNCTION = "pricing";
const ALIAS = "live";

export interface FunctionCaller {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** The function `pricing` in three versions, with the alias `live` on the first. */
export async function createPricing(caller: FunctionCaller): Promise<void> {
  const lambda = new LambdaClient(caller);
  try {
    const ZipFile = zipOf({ "index.mjs": "export const handler = async () => ({ total: 4200 });\n" });
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: FUNCTION,
        Runtime: "nodejs24.x",
        Handler: "index.handler",
        Role: "arn:aws:iam::111122223333:role/checks",
        Code: { ZipFile },
        Publish: true,
      }),
    );
    await lambda.send(new CreateAliasCommand({ FunctionName: FUNCTION, Name: ALIAS, FunctionVersion: "1" }));
    for (const release of ["2", "3"]) {
      // Another version differs in its environment: the same code and configuration would be the same version.
      const Variables = { RELEASE: release };
      await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: FUNCTION, Environment: { Variables } }));
      await lambda.send(new PublishVersionCommand({ FunctionName: FUNCTION }));
    }
  } finally {
    lambda.destroy();
  }
}

/** The revision that moves the alias to a version. */
export function pricingRevision(version: string) {
  const Properties = { Name: FUNCTION, Alias: ALIAS, CurrentVersionFromAlias: true, TargetVersion: version };
  const appSpec = { version: 0.0, Resources: [{ [FUNCTION]: { Type: "AWS::Lambda::Function", Properties } }] };
  return { revisionType: "AppSpecContent" as const, appSpecContent: { content: JSON.stringify(appSpec) } };
}
