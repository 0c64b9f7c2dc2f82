import {
  APP_SPEC_OSES,
  type AppSpec,
  type AppSpecFile,
  type AppSpecOs,
  DIRECTORY_LINK_BEHAVIORS,
  type DirectoryLinkBehavior,
  FILE_EXISTS_BEHAVIORS,
  type FileExistsBehavior,
  HOOK_TIMEOUT_SECONDS,
  type HookScript,
} from "./app-spec.ts";
import { AppSpecError, atPlace } from "./app-spec-error.ts";
import { parsePermissions } from "./app-spec-permissions.ts";
import { refuseHomes } from "./home-path.ts";
import { refuseUnknownLifecycleEvents } from "./hook-scripts.ts";
import { noInteger } from "./reference-crash.ts";
import { type LocatedYaml, readYamlDocument } from "./yaml-document.ts";
import { listOf, listOrNone, mapOf, member, misfit, placeOfItem, strip } from "./yaml-field.ts";
import type { YamlPlaces } from "./yaml-places.ts";
import { leadingInteger } from "./yaml-scalar.ts";
import { isTruthy, isYamlMap, plainValue, type YamlMap, type YamlValue, yamlText } from "./yaml-value.ts";

export interface AppSpecOptions {
  /** The operating system of the host: a file for the other one is refused. Without it both are accepted. */
  readonly os?: AppSpecOs;
  /** Every event that the deployment may run: a hook for any other is refused. Without it every name is accepted. */
  readonly lifecycleEvents?: readonly string[];
  /** The file is read for the scripts of a revision that is installed already, so that nothing is put where its `files` say. */
  readonly isInstalled?: boolean;
  /** The file's name in the message about unknown events; `appspec.yml` by default. */
  readonly fileName?: string;
}

/**
 * Reads an application specification file as the reference agent does: what it accepts is accepted with the same values,
 * and what it refuses or crashes on is refused (see `APP_SPEC_DEPARTURES` for the exceptions).
 *
 * Throws {@link AppSpecError} and nothing else. Its message is the reference's own where there is one.
 */
export function parseAppSpec(text: string | Uint8Array, options: AppSpecOptions = {}): AppSpec {
  return parseAppSpecDocument(readYamlDocument(text), options);
}

/** The same for a file that was read as YAML already. */
export function parseAppSpecDocument({ root, places }: LocatedYaml, options: AppSpecOptions = {}): AppSpec {
  if (!isTruthy(root)) {
    throw new AppSpecError(
      "The deployment failed because the application specification file was empty. " +
        "Make sure your AppSpec file defines at minimum the 'version' and 'os' properties.",
    );
  }
  // Sections in this order: of several faults the first is named.
  const section = <Part>(name: string, parse: (value: YamlValue) => Part): Part => {
    const place = isYamlMap(root) ? places.member(root, name) : undefined;
    return atPlace(place, () => parse(member(root, name, "the whole file")));
  };
  const version = section("version", parseVersion);
  const os = section("os", (value) => parseOs(value, options.os));
  const hooks = section("hooks", (value) => parseHooks(value, places));
  const files = section("files", (value) => parseFiles(value, places));
  const permissions = section("permissions", (value) => parsePermissions(value, os, places));
  const fileExistsBehavior = section("file_exists_behavior", parseFileExistsBehavior);
  const directoryLinkBehavior = section("directory_link_behavior", parseDirectoryLinkBehavior);
  if (os === "linux" && options.isInstalled !== true) {
    refuseHomes(member(root, "files", "the whole file"), "files", "destination", places);
    refuseHomes(member(root, "permissions", "the whole file"), "permissions", "object", places);
  }
  const appSpec = { version, os, files, hooks, permissions, fileExistsBehavior, directoryLinkBehavior };
  if (options.lifecycleEvents !== undefined) {
    refuseUnknownLifecycleEvents(appSpec, options.lifecycleEvents, options.fileName);
  }
  return appSpec;
}

function parseVersion(version: YamlValue): number {
  if (version === 0n || version === 0) return 0;
  throw new AppSpecError(
    `The deployment failed because an invalid version value (${yamlText(version)}) was entered in the application specification file. ` +
      'Make sure your AppSpec file specifies "0.0" as the version, and then try again.',
  );
}

function parseOs(value: YamlValue, hostOs: AppSpecOs | undefined): AppSpecOs {
  const os = APP_SPEC_OSES.find((name) => name === value);
  if (os !== undefined && (hostOs === undefined || hostOs === os)) return os;
  throw new AppSpecError(
    `The deployment failed because the application specification file specifies an unsupported operating system (${yamlText(value)}). ` +
      'Specify either "linux" or "windows" in the os section of the AppSpec file, and then try again.',
  );
}

function parseHooks(section: YamlValue, places: YamlPlaces): AppSpec["hooks"] {
  // No prototype: an event may have any name, and `constructor` must not be found where there is none.
  const hooks: Record<string, readonly HookScript[]> = Object.create(null);
  if (!isTruthy(section)) return hooks;
  const events = mapOf(section, "hooks", "Write hooks as a mapping of events to lists of scripts", "each_pair");
  for (const [event, scripts] of events) {
    if (!isTruthy(scripts)) continue;
    const name = yamlText(event);
    hooks[name] = atPlace(places.member(events, event), () =>
      listOf(scripts, `hooks.${name}`, "Write it as a list of scripts, each with a location").map((script, index) =>
        atPlace(placeOfItem(scripts, index, places), () => parseScript(script, `hooks.${name}[${index}]`)),
      ),
    );
  }
  return hooks;
}

function parseScript(entry: YamlValue, field: string): HookScript {
  const script = mapOf(entry, field, "Write it as a mapping with the key location", "has_key?");
  const location = strip(yamlText(script.get("location") ?? null));
  if (location === "") {
    throw new AppSpecError(
      "The deployment failed because the application specification file specifies a script with no location value. " +
        "Specify the location in the hooks section of the AppSpec file, and then try again.",
    );
  }
  const runas = script.get("runas") ?? null;
  return {
    location,
    timeoutSeconds: parseTimeout(script, `${field}.timeout`),
    runas: runas === null ? null : strip(yamlText(runas)),
    sudo: isTruthy(script.get("sudo") ?? null),
  };
}

function parseTimeout(script: YamlMap, field: string): number {
  const value = script.get("timeout") ?? null;
  if (!isTruthy(value)) return HOOK_TIMEOUT_SECONDS;
  const seconds = wholeNumber(value);
  if (seconds === null) throw misfit(field, value, "Write timeout as a number of seconds above 0", noInteger(value));
  if (seconds > 0) return seconds;
  throw new AppSpecError(
    "The deployment failed because an invalid timeout value was provided for a script in the application specification file. " +
      "Make corrections in the hooks section of the AppSpec file, and then try again.",
  );
}

/** Fractions are cut off, and of a text the number that it starts with counts. */
function wholeNumber(value: YamlValue): number | null {
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "number" && Number.isFinite(value)) return Math.trunc(value);
  return typeof value === "string" ? Number(leadingInteger(value)) : null;
}

function parseFiles(section: YamlValue, places: YamlPlaces): readonly AppSpecFile[] {
  return listOrNone(section, "files", "Write files as a list").map((entry, index) =>
    atPlace(placeOfItem(section, index, places), () => parseFile(entry, `files[${index}]`)),
  );
}

function parseFile(entry: YamlValue, field: string): AppSpecFile {
  const source = member(entry, "source", field);
  const destination = member(entry, "destination", field);
  if (source === null) {
    throw new AppSpecError(
      "The deployment failed because the application specification file specifies a destination file, but no source file. " +
        "Update the files section of the AppSpec file, and then try again.",
    );
  }
  if (destination === null) {
    throw new AppSpecError(
      `The deployment failed because the application specification file specifies only a source file (${yamlText(source)}). ` +
        "Add the name of the destination file to the files section of the AppSpec file, and then try again.",
    );
  }
  return { source: plainValue(source), destination: plainValue(destination) };
}

function parseFileExistsBehavior(value: YamlValue): FileExistsBehavior | null {
  if (value === null) return null;
  const behavior = FILE_EXISTS_BEHAVIORS.find((name) => name === value);
  if (behavior !== undefined) return behavior;
  throw new AppSpecError(
    `The deployment failed because an invalid file_exists_behavior value (${yamlText(value)}) was entered in the application specification file. ` +
      `Make sure your AppSpec file specifies one of ${FILE_EXISTS_BEHAVIORS.join(",")} as the file_exists_behavior, and then try again.`,
  );
}

function parseDirectoryLinkBehavior(value: YamlValue): DirectoryLinkBehavior | null {
  if (value === null) return null;
  const behavior = DIRECTORY_LINK_BEHAVIORS.find((name) => name === value);
  if (behavior !== undefined) return behavior;
  throw misfit("directory_link_behavior", value, `Write one of ${DIRECTORY_LINK_BEHAVIORS.join(", ")}`, null);
}
