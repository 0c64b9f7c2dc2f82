import { execFile } from "node:child_process";
import { promisify } from "node:util";
import {
  CreateAliasCommand,
  CreateFunctionCommand,
  GetAliasCommand,
  LambdaClient,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { awsClientConfig } from "@sluice/drivers/aws/aws-client-settings.ts";
import { routingOfAlias, updateTo } from "@sluice/drivers/lambda/alias-routing.ts";
import type { AliasRouting, LambdaAlias } from "@sluice/engine/ports/function-alias.ts";
import { cleanEnvironment } from "../installation/sluice-server.fixture.ts";
import type { MotoServer } from "./moto-server.fixture.ts";

const run = promisify(execFile);
const ROLES = "arn:aws:iam::123456789012:role";
/** An archive without any file. */
const EMPTY_ZIP = Buffer.from(`504b0506${"00".repeat(18)}`, "hex");

/** Functions at AWS' stand-in. */
export interface LambdaCloud {
  /** A new function with the published versions 1, 2 and 3, and the alias `live`, which routes so. Version 3 has another execution role. */
  createAlias(routing: AliasRouting): Promise<LambdaAlias>;
  createFunction(name: string): Promise<void>;
  /** As it is, whoever changed it. */
  routingOf(alias: LambdaAlias): Promise<AliasRouting>;
  /** By somebody else. */
  change(alias: LambdaAlias, routing: AliasRouting): Promise<void>;
  /** Runs a line for a shell (`aws lambda …`) against the stand-in. */
  aws(line: string): Promise<void>;
  close(): void;
}

export async function createLambdaCloud(moto: MotoServer): Promise<LambdaCloud> {
  const lambda = new LambdaClient(awsClientConfig(moto.settings, "lambda"));
  let made = 0;
  await takeInvocations(moto);
  for (const role of ["functions", "others"]) await createRole(moto, role);
  return {
    async createAlias(routing) {
      const FunctionName = `charge-${++made}`;
      await createFunction(FunctionName);
      for (const role of ["functions", "functions", "others"]) {
        // A version is published when something has changed since the last.
        const change = { FunctionName, Description: `${++made}`, Role: `${ROLES}/${role}` };
        await lambda.send(new UpdateFunctionConfigurationCommand(change));
        await lambda.send(new PublishVersionCommand({ FunctionName }));
      }
      const { FunctionVersion, RoutingConfig } = updateTo(routing);
      await lambda.send(new CreateAliasCommand({ FunctionName, Name: "live", FunctionVersion, RoutingConfig }));
      return { functionName: FunctionName, aliasName: "live" };
    },
    createFunction,
    async routingOf({ functionName: FunctionName, aliasName: Name }) {
      return routingOfAlias(await lambda.send(new GetAliasCommand({ FunctionName, Name })));
    },
    async change({ functionName: FunctionName, aliasName: Name }, routing) {
      await lambda.send(new UpdateAliasCommand({ FunctionName, Name, ...updateTo(routing) }));
    },
    async aws(line) {
      const { url, settings } = moto;
      const AWS = {
        AWS_ENDPOINT_URL: url,
        AWS_DEFAULT_REGION: settings.region,
        AWS_ACCESS_KEY_ID: settings.accessKeyId,
        AWS_SECRET_ACCESS_KEY: settings.secretAccessKey,
        AWS_PAGER: "",
      };
      await run("sh", ["-c", line], { env: { ...cleanEnvironment(), ...AWS } });
    },
    close: () => lambda.destroy(),
  };

  async function createFunction(FunctionName: string): Promise<void> {
    const Code = { ZipFile: EMPTY_ZIP };
    const input = {
      FunctionName,
      Runtime: "python3.11",
      Handler: "hook.handler",
      Role: `${ROLES}/functions`,
      Code,
    } as const;
    await lambda.send(new CreateFunctionCommand(input));
  }
}

/** Without a Docker Engine, moto takes invocations when it is told so. */
async function takeInvocations({ url }: MotoServer): Promise<void> {
  const body = JSON.stringify({ lambda: { use_docker: false } });
  await fetch(`${url}/moto-api/config`, { method: "POST", body, headers: { "content-type": "application/json" } });
}

async function createRole({ url }: MotoServer, name: string): Promise<void> {
  const scope = "AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0";
  const policy = encodeURIComponent(JSON.stringify({ Version: "2012-10-17", Statement: [] }));
  await fetch(url, {
    method: "POST",
    body: `Action=CreateRole&Version=2010-05-08&RoleName=${name}&AssumeRolePolicyDocument=${policy}`,
    headers: { authorization: scope, "content-type": "application/x-www-form-urlencoded" },
  });
}
