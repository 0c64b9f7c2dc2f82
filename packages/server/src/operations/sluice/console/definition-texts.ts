import type { ComputePlatform } from "@sluice/model/deployment-config.ts";
import { functionArn } from "@sluice/model/lambda-arn.ts";
import { readEcsAppSpec } from "@sluice/model/service-app-spec/ecs-app-spec.ts";
import { readLambdaAppSpec } from "@sluice/model/service-app-spec/lambda-app-spec.ts";
import type { Action } from "../../../access/action.ts";
import { authorize } from "../../../access/authorize.ts";
import { findDefinition } from "../../../services/task-definitions.ts";
import { TASK_DEFINITION } from "../../../store/columns/ecs-columns.ts";
import { findVersion } from "../../../store/lambda/versions.ts";
import type { SluiceContext } from "../sluice-context.ts";

interface Definitions {
  readonly texts: readonly (readonly [name: string, text: string])[];
  readonly troubles: readonly string[];
}

const NOTHING: Definitions = { texts: [], troubles: [] };

/** What an AppSpec of ECS or Lambda deploys, as JSON in lines: the task definition, or the function's version. Of this server's own; AWS's are named. */
export async function definitionTexts(
  platform: ComputePlatform,
  appSpec: string,
  context: Pick<SluiceContext, "store" | "accountId" | "region" | "serves" | "principal">,
): Promise<Definitions> {
  if (platform === "ECS") {
    const reading = readEcsAppSpec(appSpec);
    return reading.outcome === "read" ? taskDefinition(reading.appSpec.taskSet.taskDefinition, context) : NOTHING;
  }
  const reading = readLambdaAppSpec(appSpec);
  return reading.outcome === "read" ? functionVersion(reading.appSpec.shift, context) : NOTHING;
}

async function taskDefinition(
  named: string,
  { store, accountId, region, principal }: Pick<SluiceContext, "store" | "accountId" | "region" | "principal">,
): Promise<Definitions> {
  if (!mayRead(principal, "ecs:DescribeTaskDefinition", "*")) {
    return notAllowed(`the task definition ${named}`, "ecs:DescribeTaskDefinition");
  }
  const row = await findDefinition(store.db, named, { accountId, region });
  if (!row) {
    const trouble = `the task definition ${named} is not one of this server's, so it is not compared: aws ecs describe-task-definition --task-definition ${named}`;
    return { texts: [], troubles: [trouble] };
  }
  return {
    texts: [["taskDefinition", inLines({ family: row.family, revision: row.revision, ...TASK_DEFINITION.read(row) })]],
    troubles: [],
  };
}

async function functionVersion(
  { functionName, targetVersion }: { readonly functionName: string; readonly targetVersion: string },
  { store, accountId, region, principal }: Pick<SluiceContext, "store" | "accountId" | "region" | "principal">,
): Promise<Definitions> {
  if (!mayRead(principal, "lambda:GetFunction", functionArn({ accountId, region }, functionName, targetVersion))) {
    return notAllowed(`version ${targetVersion} of the function ${functionName}`, "lambda:GetFunction");
  }
  const version = await findVersion(store.db, { functionName, version: targetVersion });
  if (!version) {
    const trouble = `version ${targetVersion} of the function ${functionName} is not one of this server's, so it is not compared: aws lambda get-function-configuration --function-name ${functionName} --qualifier ${targetVersion}`;
    return { texts: [], troubles: [trouble] };
  }
  const { codeSha256, codeBytes, configuration } = version;
  return {
    texts: [["function", inLines({ functionName, version: version.version, codeSha256, codeBytes, ...configuration })]],
    troubles: [],
  };
}

/** An AppSpec can name any of them: it is told to who may read it, or compare whatever there is. */
function mayRead(principal: SluiceContext["principal"], action: Action, resource: string): boolean {
  return [authorize(principal, action, resource), authorize(principal, "sluice:CompareRevisions", "*")].includes(
    "allowed",
  );
}

function notAllowed(what: string, action: Action): Definitions {
  return { texts: [], troubles: [`${what} is not compared, since no policy allows the caller ${action} on it`] };
}

function inLines(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
