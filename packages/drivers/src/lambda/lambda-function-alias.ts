import type { AliasConfiguration } from "@aws-sdk/client-lambda";
import {
  type AliasRouting,
  type AliasShift,
  type FunctionAlias,
  type LambdaAlias,
  routingOf,
  shiftTrouble,
} from "@sluice/engine/ports/function-alias.ts";
import type { PortOutcome } from "@sluice/engine/ports/port-outcome.ts";
import { AwsCallError } from "../aws/aws-call-error.ts";
import { optionalCalls } from "../aws/optional-calls.ts";
import { failedBy, refusedAsFailed, refusedAsRefusal } from "../aws/port-answers.ts";
import { ROLE_CLIENT_SETTINGS, type RoleClientSettings, roleCaller, sessionsOf } from "../aws/role-caller.ts";
import type { Driver } from "../driver.ts";
import type { AliasCalls } from "./alias-calls.ts";
import { isMovingByItself, LOOK_AGAIN_MILLISECONDS, moveOf } from "./alias-move.ts";
import { isSameRouting, routingOfAlias, updateTo } from "./alias-routing.ts";
import { readinessOf } from "./target-readiness.ts";
import { findVersion, isNotFound, uncheckedVersion, versionFacts } from "./version-facts.ts";

export interface LambdaFunctionAliasDependencies {
  /** Epoch milliseconds: sessions of roles expire. */
  readonly now: () => number;
}

type Unfinished = Exclude<PortOutcome, { readonly outcome: "done" }>;

/** Aliases of functions of AWS Lambda. */
export const lambdaFunctionAlias: Driver<
  "function-alias",
  RoleClientSettings,
  LambdaFunctionAliasDependencies,
  FunctionAlias
> = {
  port: "function-alias",
  name: "lambda",
  configSchema: ROLE_CLIENT_SETTINGS,
  create: (settings, { now }) => {
    const open = async (config: object) => (await import("./lambda-client.ts")).openLambda(config);
    const caller = roleCaller(settings, "lambda", open, sessionsOf(settings, now));
    const optional = optionalCalls(now);
    const callsFor = ({ serviceRoleArn = "", functionName, aliasName }: LambdaAlias): AliasCalls => {
      const purpose = `${functionName.split(":").at(-1)}-${aliasName}`;
      return {
        call: caller({ serviceRoleArn: serviceRoleArn || undefined, purpose }),
        optional: (name, ...asked) => optional(`${serviceRoleArn} ${functionName} ${name}`, ...asked),
      };
    };
    return {
      describe: async (alias, signal) => {
        signal.throwIfAborted();
        return refusedAsRefusal("INVALID_LAMBDA_FUNCTION", async () => {
          const found = await findAlias(callsFor(alias), alias, signal);
          return found && routingOfAlias(found);
        });
      },
      inspectVersion: async (alias, version, signal) => {
        signal.throwIfAborted();
        const { call, optional: mayFail } = callsFor(alias);
        return refusedAsRefusal("INVALID_LAMBDA_FUNCTION", async () => {
          const answer = await mayFail("GetFunctionConfiguration", signal, () =>
            findVersion(call, alias.functionName, version, signal),
          );
          if (answer.outcome === "read") return answer.value && versionFacts(answer.value);
          if (answer.error.deploymentCode === "IAM_ROLE_PERMISSIONS") return uncheckedVersion(answer.reason);
          throw answer.error;
        });
      },
      shift: async (alias, shift, signal) => {
        signal.throwIfAborted();
        return refusedAsFailed(
          () => shiftAlias(callsFor(alias), alias, shift, signal),
          (error) => refusalOf(error, alias),
        );
      },
    };
  },
};

/** Undefined: there is no such function or alias. */
async function findAlias(
  { call }: AliasCalls,
  { functionName, aliasName }: LambdaAlias,
  signal: AbortSignal,
): Promise<AliasConfiguration | undefined> {
  const input = { FunctionName: functionName, Name: aliasName };
  try {
    return await call("GetAlias", signal, (client, options) => client.getAlias(input, options));
  } catch (error) {
    if (error instanceof AwsCallError && isNotFound(error)) return undefined;
    throw error;
  }
}

async function shiftAlias(
  calls: AliasCalls,
  alias: LambdaAlias,
  shift: AliasShift,
  signal: AbortSignal,
): Promise<PortOutcome> {
  const found = await findAlias(calls, alias, signal);
  if (!found) {
    const reason = `there is no alias ${alias.aliasName} of a function ${alias.functionName}`;
    return { outcome: "failed", reason, code: "INVALID_LAMBDA_FUNCTION" };
  }
  const routing = routingOfAlias(found);
  const trouble = shiftTrouble(alias, routing, shift);
  if (trouble !== undefined) return { outcome: "failed", reason: trouble };
  const wished = routingOf(shift);
  if (isSameRouting(routing, wished)) return { outcome: "done" };
  if (isMovingByItself(routing, wished, shift)) {
    const move = await moveOf(calls, alias, routing, signal);
    if (move) return move;
  }
  const isFirstTraffic = shift.percent > 0 && !hasTraffic(routing, shift.targetVersion);
  const readiness: PortOutcome = isFirstTraffic
    ? await readinessOf(calls, alias, shift.targetVersion, signal)
    : { outcome: "done" };
  if (readiness.outcome !== "done") return readiness;
  const updated = await update(calls, alias, found, wished, signal);
  if (isSameRouting(updated, wished)) return readiness;
  return (
    (await moveOf(calls, alias, updated, signal)) ?? again("Lambda has taken the routing, and does not show it yet")
  );
}

function hasTraffic({ version, second }: AliasRouting, of: string): boolean {
  return version === of || second?.version === of;
}

/** Names the revision that was looked at: what somebody else has changed since then is not undone. */
async function update(
  { call }: AliasCalls,
  { functionName, aliasName }: LambdaAlias,
  { RevisionId }: AliasConfiguration,
  wished: AliasRouting,
  signal: AbortSignal,
): Promise<AliasRouting> {
  const input = { FunctionName: functionName, Name: aliasName, RevisionId, ...updateTo(wished) };
  return routingOfAlias(await call("UpdateAlias", signal, (client, options) => client.updateAlias(input, options)));
}

function refusalOf(error: AwsCallError, { aliasName }: LambdaAlias): Unfinished | undefined {
  const { code, reason } = error;
  if (code.startsWith("PreconditionFailed")) {
    return again(`somebody else has changed the alias ${aliasName} just now, and it is looked at again`);
  }
  if (code.startsWith("ResourceConflict") && /in progress/i.test(reason)) return again(reason);
  return isNotFound(error) ? { ...failedBy(error), code: "INVALID_LAMBDA_FUNCTION" } : undefined;
}

function again(detail: string): Unfinished {
  return { outcome: "pending", retryAfterMilliseconds: LOOK_AGAIN_MILLISECONDS, detail };
}
