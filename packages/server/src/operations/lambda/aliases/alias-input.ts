import type { AliasRoutingConfiguration } from "@aws-sdk/client-lambda";
import { excerpt } from "@sluice/model/excerpt.ts";
import { MAX_ALIAS_NAME_CHARACTERS, MAX_FUNCTION_DESCRIPTION_CHARACTERS } from "@sluice/model/lambda-limits.ts";
import type { ArnScope } from "@sluice/model/resource-arn.ts";
import type { Kysely } from "kysely";
import type { FunctionAlias } from "../../../store/lambda/aliases.ts";
import { LATEST } from "../../../store/lambda/versions.ts";
import type { Database } from "../../../store/schema.ts";
import { isVersion, requireVersion } from "../checks/found.ts";
import { invalid } from "../checks/lambda-faults.ts";
import { requireShort } from "../checks/within.ts";

const NAME = /^(?!\d+$)[a-zA-Z0-9-_]+$/;

export function readAliasName(name: string | undefined): string {
  if (name !== undefined && name.length <= MAX_ALIAS_NAME_CHARACTERS && NAME.test(name)) return name;
  throw invalid(
    `Name ${excerpt(JSON.stringify(name ?? ""))} is no name of an alias: give at most ${MAX_ALIAS_NAME_CHARACTERS} letters, digits, - and _, and not digits alone.`,
  );
}

export function readAliasDescription(description: string): string {
  return requireShort(description, "Description", MAX_FUNCTION_DESCRIPTION_CHARACTERS);
}

/** The second version with its weight; null: all goes to the first. */
export function readRouting(routing: AliasRoutingConfiguration): FunctionAlias["second"] {
  const [first, ...others] = Object.entries(routing.AdditionalVersionWeights ?? {});
  if (first === undefined) return null;
  if (others.length > 0) {
    throw invalid(
      `RoutingConfig.AdditionalVersionWeights has ${others.length + 1} versions: an alias has at most one more than its FunctionVersion.`,
    );
  }
  const [version, weight] = first;
  if (!(weight >= 0 && weight <= 1)) {
    throw invalid(
      `RoutingConfig.AdditionalVersionWeights gives ${excerpt(version)} the weight ${weight}: give 0.0 to 1.0.`,
    );
  }
  return { version, weight };
}

/** Both versions are there; two of them are published, and differ. */
export async function requireVersions(
  db: Kysely<Database>,
  { functionName, version, second }: Pick<FunctionAlias, "functionName" | "version" | "second">,
  scope: ArnScope,
): Promise<void> {
  if (!isVersion(version)) {
    throw invalid(`FunctionVersion ${excerpt(JSON.stringify(version))} is no version: give a number, or $LATEST.`);
  }
  await requireVersion(db, functionName, version, scope);
  if (second === null) return;
  if (!isVersion(second.version)) {
    throw invalid(
      `RoutingConfig.AdditionalVersionWeights names ${excerpt(JSON.stringify(second.version))}, which is no version: give a number.`,
    );
  }
  if (version === LATEST || second.version === LATEST) {
    throw invalid(
      "$LATEST is not supported for an alias pointing to more than 1 version: publish it with aws lambda publish-version, and give its number.",
    );
  }
  if (version === second.version) {
    throw invalid(
      `Invalid function version ${version}. Function version ${version} is already included in routing configuration.`,
    );
  }
  await requireVersion(db, functionName, second.version, scope);
}
