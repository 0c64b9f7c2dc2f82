import { excerpt } from "../excerpt.ts";
import { functionNameOf, isAliasName, isPublishedVersion, isQualifiedFunction } from "../lambda-names.ts";
import { addFault, type SpecFaults } from "./spec-fault.ts";
import { readMap, requireMembers } from "./spec-map.ts";
import { isPlaceholder, readText } from "./spec-scalar.ts";
import { kindOf, type SpecValue } from "./spec-value.ts";

/** What an AppSpec says of the function whose alias moves (codedeploy-semantics.md, sections 8 and 12). */
export interface SpecFunctionShift {
  /** Its name, or its ARN without a version or an alias. */
  readonly functionName: string;
  readonly aliasName: string;
  /** Null: what the alias points at when the deployment starts. */
  readonly currentVersion: string | null;
  readonly targetVersion: string;
}

/** `CurrentVersionFromAlias` is Sluice's own; AWS knows the other four, and requires them. */
const PROPERTIES = ["Name", "Alias", "CurrentVersion", "TargetVersion", "CurrentVersionFromAlias"] as const;

const NAME_CURE = "give the function's name, or its ARN without a version or an alias";
const ALIAS_CURE = "name the alias whose traffic is to move";
const FROM_ALIAS =
  "CurrentVersionFromAlias: true, with which it is the version that the alias points at when the deployment starts";

export function readFunctionProperties(value: SpecValue, faults: SpecFaults): SpecFunctionShift | undefined {
  const members = readMap(value, PROPERTIES, faults);
  if (!members) return undefined;
  const { Name, Alias, CurrentVersion, TargetVersion, CurrentVersionFromAlias } = members;
  const functionName = Name && readFunctionName(Name, faults);
  const aliasName = Alias && readAlias(Alias, faults);
  const commands = commandsFor(functionName, aliasName);
  requireMembers(
    value,
    members,
    {
      Name: NAME_CURE,
      Alias: ALIAS_CURE,
      ...(CurrentVersionFromAlias
        ? {}
        : {
            CurrentVersion: `give the version that the alias points at (${commands.getAlias}), or write ${FROM_ALIAS}`,
          }),
      TargetVersion: `give the number of the version that is to get the traffic, which ${commands.publish} answers`,
    },
    faults,
  );
  const current = CurrentVersion && readVersion(CurrentVersion, commands.publish, faults);
  const targetVersion = TargetVersion && readVersion(TargetVersion, commands.publish, faults);
  const isFromAlias = CurrentVersionFromAlias && readFromAlias(CurrentVersionFromAlias, CurrentVersion, faults);
  if (TargetVersion && targetVersion !== undefined && targetVersion === current) {
    addFault(
      faults,
      TargetVersion,
      `is ${targetVersion}, and so is CurrentVersion: there is nothing to shift. Publish a new version with ${commands.publish}, and give its number`,
    );
  }
  const currentVersion = isFromAlias ? null : current;
  if (functionName === undefined || aliasName === undefined || targetVersion === undefined) return undefined;
  return currentVersion === undefined ? undefined : { functionName, aliasName, currentVersion, targetVersion };
}

/** What can be pasted into a shell: names that were read, or a word in their place. */
function commandsFor(functionName = "NAME", aliasName = "ALIAS") {
  return {
    getAlias: `aws lambda get-alias --function-name ${functionName} --name ${aliasName}`,
    publish: `aws lambda publish-version --function-name ${functionName}`,
  };
}

function readFunctionName(value: SpecValue, faults: SpecFaults): string | undefined {
  const name = readText(value, NAME_CURE, faults);
  if (name === undefined || functionNameOf(name) !== undefined) return name;
  const quoted = JSON.stringify(excerpt(name));
  if (isPlaceholder(name)) return addFault(faults, value, notFilledIn(quoted, NAME_CURE));
  if (isQualifiedFunction(name)) {
    return addFault(faults, value, `is ${quoted}, with a version or an alias behind the function: ${NAME_CURE}`);
  }
  const rule = "letters, digits, - and _, at most 64";
  return addFault(faults, value, `is ${quoted}, which is no function's name (${rule}): ${NAME_CURE}`);
}

function readAlias(value: SpecValue, faults: SpecFaults): string | undefined {
  const name = readText(value, ALIAS_CURE, faults);
  if (name === undefined || isAliasName(name)) return name;
  const quoted = JSON.stringify(excerpt(name));
  if (isPlaceholder(name)) return addFault(faults, value, notFilledIn(quoted, ALIAS_CURE));
  const rule = "letters, digits, - and _, at most 128, and not digits alone";
  return addFault(faults, value, `is ${quoted}, which is no alias' name (${rule}): ${ALIAS_CURE}`);
}

/** Digits, as a number or a text. */
function readVersion(value: SpecValue, publish: string, faults: SpecFaults): string | undefined {
  const cure = `give the number of a published version, such as 2; ${publish} publishes one`;
  const written = value.kind === "number" ? value.written : readText(value, cure, faults);
  if (written === undefined || isPublishedVersion(written)) return written;
  const quoted = value.kind === "number" ? excerpt(written) : JSON.stringify(excerpt(written));
  if (written.toUpperCase() === "$LATEST") {
    return addFault(
      faults,
      value,
      `is ${quoted}, which is not published: publish it with ${publish}, and give its number`,
    );
  }
  if (isPlaceholder(written)) return addFault(faults, value, notFilledIn(quoted, cure));
  return addFault(faults, value, `is ${quoted}: ${cure}`);
}

/** True, or not there; CurrentVersion beside it would be ignored. */
function readFromAlias(value: SpecValue, current: SpecValue | undefined, faults: SpecFaults): true | undefined {
  const written = value.kind === "boolean" ? value.written : value.kind === "text" ? value.text.trim() : undefined;
  if (written?.toLowerCase() !== "true") {
    const what = value.kind === "text" ? JSON.stringify(excerpt(value.text)) : kindOf(value);
    return addFault(faults, value, `is ${what}: write true, or leave it out and give CurrentVersion`);
  }
  if (current) {
    return addFault(faults, value, "is true, and CurrentVersion is given, too: keep one of the two");
  }
  return true;
}

function notFilledIn(quoted: string, cure: string): string {
  return `is ${quoted}, a placeholder that nobody has filled in: ${cure}`;
}
