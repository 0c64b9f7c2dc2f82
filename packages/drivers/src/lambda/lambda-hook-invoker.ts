import type { HookFacts, HookInvoker, HookName, HookRun } from "@sluice/engine/ports/hook-invoker.ts";
import type { PortOutcome } from "@sluice/engine/ports/port-outcome.ts";
import { AwsCallError } from "../aws/aws-call-error.ts";
import type { AwsCaller } from "../aws/aws-caller.ts";
import { refusedAsFailed } from "../aws/port-answers.ts";
import { ROLE_CLIENT_SETTINGS, type RoleClientSettings, roleCaller, sessionsOf } from "../aws/role-caller.ts";
import type { Driver } from "../driver.ts";
import { hookPayload } from "../hook/hook-payload.ts";
import type { LambdaCalls } from "./lambda-client.ts";

export interface LambdaHookInvokerDependencies {
  /** Epoch milliseconds: sessions of roles expire. */
  readonly now: () => number;
}

const UNSEEN: HookRun = {
  state: "unknown",
  detail: "Lambda has taken the invocation, and does not say what becomes of it: its log in CloudWatch does",
};

/** Functions of AWS Lambda, invoked asynchronously: what they make of it they say themselves. */
export const lambdaHookInvoker: Driver<"hook-invoker", RoleClientSettings, LambdaHookInvokerDependencies, HookInvoker> =
  {
    port: "hook-invoker",
    name: "lambda",
    configSchema: ROLE_CLIENT_SETTINGS,
    create: (settings, { now }) => {
      const open = async (config: object) => (await import("./lambda-client.ts")).openLambda(config);
      const caller = roleCaller(settings, "lambda", open, sessionsOf(settings, now));
      const callFor = ({ serviceRoleArn, hook }: HookName, purpose = hook) => caller({ serviceRoleArn, purpose });
      return {
        find: async (name, signal) => {
          signal.throwIfAborted();
          return findFunction(callFor(name), name.hook, signal);
        },
        invoke: async (invocation, signal): Promise<PortOutcome> => {
          signal.throwIfAborted();
          const input = {
            FunctionName: invocation.hook,
            InvocationType: "Event",
            Payload: Buffer.from(hookPayload(invocation)),
          } as const;
          return refusedAsFailed(async (): Promise<PortOutcome> => {
            await callFor(invocation, invocation.deploymentId)("InvokeFunction", signal, (client, options) =>
              client.invoke(input, options),
            );
            return { outcome: "done" };
          });
        },
        observe: async (_invocation, signal) => {
          signal.throwIfAborted();
          return UNSEEN;
        },
      };
    },
  };

/** AWS's managed roles for CodeDeploy may invoke functions and not look at them. */
async function findFunction(call: AwsCaller<LambdaCalls>, hook: string, signal: AbortSignal): Promise<HookFacts> {
  try {
    await call("GetFunction", signal, (client, options) => client.getFunction({ FunctionName: hook }, options));
    return { outcome: "found" };
  } catch (error) {
    if (!(error instanceof AwsCallError && error.isRefusal)) throw error;
    const { code, message, deploymentCode } = error;
    if (/^ResourceNotFound/.test(code)) return { outcome: "missing", reason: `there is no function ${hook}` };
    if (deploymentCode === "IAM_ROLE_PERMISSIONS") return { outcome: "unchecked", reason: message };
    return { outcome: "missing", reason: message };
  }
}
