import type { ComputePlatform } from "@sluice/model/deployment-config.ts";
import { functionArn } from "@sluice/model/lambda-arn.ts";
import { readEcsAppSpec } from "@sluice/model/service-app-spec/ecs-app-spec.ts";
import { readLambdaAppSpec } from "@sluice/model/service-app-spec/lambda-app-spec.ts";
import type { Action } from "../../../access/action.ts";
import { authorize, isDenied } from "../../../access/authorize.ts";
import type { Need } from "../../../access/need.ts";
import { asAsked } from "../../../needs/require-needs.ts";
import { findDefinition } from "../../../services/task-definitions.ts";
import { TASK_DEFINITION } from "../../../store/columns/ecs-columns.ts";
import { findVersion } from "../../../store/lambda/versions.ts";
import type { SluiceContext } from "../sluice-context.ts";

interface Definitions {
  readonly texts: readonly (readonly [name: string, text: string])[];
  readonly troubles: readonly string[];
}

type Asking = Pick<SluiceContext, "store" | "accountId" | "region" | "principal">;

const NOTHING: Definitions = { texts: [], troubles: [] };

/** What an AppSpec of ECS or Lambda deploys, as JSON in lines: the task definition, or the function's version. Of this server's own; AWS's are named. */
export async function definitionTexts(
  platform: ComputePlatform,
  appSpec: string,
  { store, accountId, region, principal }: Asking,
): Promise<Definitions> {
  const context = { store, accountId, region, principal };
  if (platform === "ECS") {
    const reading = readEcsAppSpec(appSpec);
    return reading.outcome === "read" ? taskDefinition(reading.appSpec.taskSet.taskDefinition, context) : NOTHING;
  }
  const reading = readLambdaAppSpec(appSpec);
  return reading.outcome === "read" ? functionVersion(reading.appSpec.shift, context) : NOTHING;
}

async function taskDefinition(named: string, context: Asking): Promise<Definitions> {
  const { store, accountId, region } = context;
  if (!(await mayRead("ecs:DescribeTaskDefinition", "*", context))) {
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
  context: Asking,
): Promise<Definitions> {
  const { store } = context;
  if (!(await mayRead("lambda:GetFunction", functionArn(context, functionName, targetVersion), context))) {
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

/** An AppSpec can name any of them: it is told to who may read it or compare it, and never to whom a policy denies reading it. */
async function mayRead(action: Action, resource: string, { principal, store, ...scope }: Asking): Promise<boolean> {
  const need: Need = { action, resource };
  const [asked = need] = await asAsked(principal, [need], { ...scope, db: store.db });
  if (isDenied(principal, action, resource, asked)) return false;
  return [action, "sluice:CompareRevisions" as const].some(
    (each) => authorize(principal, each, resource, asked) === "allowed",
  );
}

function notAllowed(what: string, action: Action): Definitions {
  return { texts: [], troubles: [`${what} is not compared, since the caller's policies do not allow ${action} on it`] };
}

function inLines(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
