import { MAX_VERSIONS_PER_FUNCTION } from "@sluice/model/lambda-limits.ts";
import type { FunctionConfiguration } from "../../../store/columns/lambda-columns.ts";
import type { WriteTransaction } from "../../../store/group-commit.ts";
import { changeFunction, type FunctionRow } from "../../../store/lambda/functions.ts";
import { countVersions, type FunctionVersion, newestPublished, saveVersion } from "../../../store/lambda/versions.ts";
import { invalid } from "../checks/lambda-faults.ts";
import type { LambdaContext } from "../lambda-context.ts";

/** `$LATEST` under the next number. The same code and configuration as the last published one are that version again, as with AWS. */
export async function publish(
  { db }: WriteTransaction,
  row: FunctionRow,
  latest: FunctionVersion,
  context: Pick<LambdaContext, "now" | "randomUuid">,
  description = latest.configuration.description,
): Promise<FunctionVersion> {
  const { functionName } = latest;
  const newest = await newestPublished(db, functionName);
  if (newest && isSame(newest, latest)) return newest;
  if ((await countVersions(db, functionName)) > MAX_VERSIONS_PER_FUNCTION) {
    throw invalid(
      `${functionName} has ${MAX_VERSIONS_PER_FUNCTION} published versions, which is the most allowed: delete one that is not used with aws lambda delete-function --function-name ${functionName} --qualifier VERSION`,
    );
  }
  const number = row.last_version + 1;
  const published: FunctionVersion = {
    ...latest,
    version: String(number),
    configuration: { ...latest.configuration, description },
    modifiedAt: context.now(),
    revisionId: context.randomUuid(),
  };
  await saveVersion(db, published);
  await changeFunction(db, functionName, { last_version: number });
  return published;
}

function isSame(one: FunctionVersion, other: FunctionVersion): boolean {
  return one.codeSha256 === other.codeSha256 && comparable(one.configuration) === comparable(other.configuration);
}

/** A version may have a description of its own. */
function comparable({ description: _, variables, ...rest }: FunctionConfiguration): string {
  return JSON.stringify([Object.entries(rest).toSorted(), Object.entries(variables).toSorted()]);
}
