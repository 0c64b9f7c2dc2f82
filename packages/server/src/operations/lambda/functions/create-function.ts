import type { CreateFunctionRequest, FunctionConfiguration as Shown } from "@aws-sdk/client-lambda";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { MAX_FUNCTIONS } from "@sluice/model/lambda-limits.ts";
import { newAccessKey } from "../../../access/new-access-key.ts";
import { freeUid } from "../../../functions/free-uid.ts";
import { createFunctionKey } from "../../../functions/function-keys.ts";
import { FUNCTION_TAGS, type FunctionConfiguration } from "../../../store/columns/lambda-columns.ts";
import { countFunctions, findFunction, insertFunction, takenUids } from "../../../store/lambda/functions.ts";
import { type FunctionVersion, LATEST, saveVersion } from "../../../store/lambda/versions.ts";
import { isUniqueViolation } from "../../../store/unique-violation.ts";
import { CREATE_FUNCTION_RULES } from "../checks/function-members.ts";
import { readNewName } from "../checks/function-name.ts";
import { readTags } from "../checks/function-tags.ts";
import { invalid, requireSupported } from "../checks/lambda-faults.ts";
import { changeLambda, type LambdaContext, type LambdaOperation } from "../lambda-context.ts";
import { functionView } from "../views/function-view.ts";
import { requireArchitecture } from "./architecture.ts";
import { readZip, storeZip } from "./code-input.ts";
import { readConfiguration } from "./configuration-input.ts";

/** Who else creates a function at the same time may take the user that this one wants. */
const TRIES = 5;

export const createFunction: LambdaOperation<CreateFunctionRequest, Shown> = async (input, context) => {
  const { platform, store } = context;
  requireSupported(input, CREATE_FUNCTION_RULES, platform.place);
  const functionName = readNewName(input.FunctionName, context);
  const configuration = readConfiguration(input);
  requireArchitecture(input.Architectures);
  const tags = readTags(input.Tags);
  if (input.Code === undefined) throw invalid("Code must be specified: give ZipFile, or S3Bucket and S3Key.");
  await requireNew(store.db, functionName);
  await requireRunnable(configuration, await newUid(store.db, context), context);
  const zip = await readZip(input.Code, context);
  const code = await storeZip(zip, context);
  try {
    const made: FunctionVersion = {
      functionName,
      version: LATEST,
      codeSha256: code.sha256,
      codeBytes: code.bytes,
      configuration,
      modifiedAt: context.now(),
      revisionId: context.randomUuid(),
    };
    const published = input.Publish ? { ...made, version: "1", revisionId: context.randomUuid() } : undefined;
    await insertOnce(made, published, FUNCTION_TAGS.write(tags), context);
    return published ? functionView(published, context, published.version) : functionView(made, context);
  } finally {
    code.release();
  }
};

/** The name is checked again where it counts: in the table's key. */
async function requireNew(db: LambdaContext["store"]["db"], functionName: string): Promise<void> {
  if (await findFunction(db, functionName)) {
    throw new CallerFault("ResourceConflictException", `Function already exist: ${functionName}`);
  }
}

async function newUid(
  db: LambdaContext["store"]["db"],
  { platform, randomText }: Pick<LambdaContext, "platform" | "randomText">,
): Promise<number | null> {
  // In this order: the processes of a function that is deleted now are counted by the one or the other.
  const taken = await takenUids(db);
  return freeUid(platform.place, new Set([...taken, ...platform.uidsInUse()]), randomText);
}

/** Before anything is stored. */
export async function requireRunnable(
  { runtime, handler }: FunctionConfiguration,
  uid: number | null,
  { platform }: Pick<LambdaContext, "platform">,
): Promise<void> {
  const trouble = await platform.runner.troubleWith({ runtime, handler, uid });
  if (trouble !== undefined) throw invalid(`${trouble}.`);
}

async function insertOnce(
  made: FunctionVersion,
  published: FunctionVersion | undefined,
  tags: ReturnType<typeof FUNCTION_TAGS.write>,
  context: LambdaContext,
): Promise<void> {
  const key = newAccessKey(context.randomText);
  for (let tries = 1; ; tries += 1) {
    try {
      await changeLambda(context, async (transaction) => {
        const { db } = transaction;
        await requireNew(db, made.functionName);
        const count = await countFunctions(db);
        if (count >= MAX_FUNCTIONS) {
          throw invalid(
            `There are ${count} functions already, which is the most allowed: delete one that is not used.`,
          );
        }
        await insertFunction(db, {
          function_name: made.functionName,
          created_at: made.modifiedAt,
          uid: await newUid(db, context),
          last_version: published ? 1 : 0,
          reserved_concurrency: null,
          tags_json: tags,
        });
        await saveVersion(db, made);
        if (published) await saveVersion(db, published);
        await createFunctionKey(transaction, made.functionName, key, made.modifiedAt);
      });
      return;
    } catch (error) {
      if (!isUniqueViolation(error) || tries === TRIES) throw error;
    }
  }
}
