import type {
  Concurrency,
  DeleteFunctionConcurrencyRequest,
  GetFunctionConcurrencyRequest,
  GetFunctionConcurrencyResponse,
  PutFunctionConcurrencyRequest,
} from "@aws-sdk/client-lambda";
import { MIN_UNRESERVED_CONCURRENCY } from "@sluice/model/lambda-limits.ts";
import { changeFunction, sumReservedConcurrency } from "../../../store/lambda/functions.ts";
import { requireFunction, requireLockedFunction } from "../checks/found.ts";
import { readWholeFunction } from "../checks/function-name.ts";
import { invalid } from "../checks/lambda-faults.ts";
import { requireWithin } from "../checks/within.ts";
import { changeLambda, type LambdaOperation } from "../lambda-context.ts";

/** Kept for the function, and the most that it gets; 0: it is not invoked at all. */
export const putFunctionConcurrency: LambdaOperation<PutFunctionConcurrencyRequest, Concurrency> = async (
  input,
  context,
) => {
  const functionName = readWholeFunction(input.FunctionName, context);
  const { concurrency } = context.platform.place;
  const asked = input.ReservedConcurrentExecutions;
  if (asked === undefined) throw invalid("ReservedConcurrentExecutions must be specified: give a number, 0 or more.");
  requireWithin(asked, "ReservedConcurrentExecutions", 0, concurrency);
  await changeLambda(context, async (transaction) => {
    const { db } = transaction;
    const row = await requireLockedFunction(transaction, functionName, context);
    const others = (await sumReservedConcurrency(db)) - (row.reserved_concurrency ?? 0);
    const most = concurrency - MIN_UNRESERVED_CONCURRENCY - others;
    if (asked > most) {
      throw invalid(
        `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${MIN_UNRESERVED_CONCURRENCY}]: other functions have ${others} of ${concurrency}. Give at most ${Math.max(most, 0)}, or raise concurrency in the settings of the driver functions in sluice.yml.`,
      );
    }
    await changeFunction(db, functionName, { reserved_concurrency: asked });
  });
  return { ReservedConcurrentExecutions: asked };
};

export const getFunctionConcurrency: LambdaOperation<
  GetFunctionConcurrencyRequest,
  GetFunctionConcurrencyResponse
> = async (input, context) => {
  const functionName = readWholeFunction(input.FunctionName, context);
  const { reserved_concurrency: reserved } = await requireFunction(context.store.db, functionName, context);
  return reserved === null ? {} : { ReservedConcurrentExecutions: reserved };
};

export const deleteFunctionConcurrency: LambdaOperation<
  DeleteFunctionConcurrencyRequest,
  Record<string, never>
> = async (input, context) => {
  const functionName = readWholeFunction(input.FunctionName, context);
  await changeLambda(context, async (transaction) => {
    await requireLockedFunction(transaction, functionName, context);
    await changeFunction(transaction.db, functionName, { reserved_concurrency: null });
  });
  return {};
};
