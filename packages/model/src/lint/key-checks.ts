import { FILE_EXISTS_BEHAVIORS } from "../app-spec/app-spec.ts";
import { isTruthy, isYamlMap, type YamlMap, yamlText } from "../app-spec/yaml-value.ts";
import { excerpt } from "../excerpt.ts";
import { LIFECYCLE_EVENTS } from "../lifecycle-event.ts";
import { nearestName } from "../nearest-name.ts";
import type { Finding, FindingPlace } from "./finding.ts";
import {
  entriesOf,
  findingPlace,
  MAX_CHECKED_ENTRIES,
  quoted,
  scriptsOf,
  type WrittenAppSpec,
  type WrittenEntry,
} from "./lint-subject.ts";

interface KnownKeys {
  readonly names: readonly string[];
  /** Other words for them, without blanks, hyphens and capitals. */
  readonly aliases?: Readonly<Record<string, string>>;
}

const FILE_EXISTS = `file_exists_behavior (${FILE_EXISTS_BEHAVIORS.join(", ")}) at the top of the file, beside files`;

const TOP_LEVEL: KnownKeys = {
  names: ["version", "os", "files", "permissions", "hooks", "file_exists_behavior", "directory_link_behavior"],
  aliases: {
    fileexists: "file_exists_behavior",
    fileexistbehavior: "file_exists_behavior",
    overwrite: "file_exists_behavior",
    overwriteexisting: "file_exists_behavior",
    operatingsystem: "os",
    platform: "os",
    scripts: "hooks",
    lifecycleevents: "hooks",
    events: "hooks",
  },
};
const SCRIPT: KnownKeys = {
  names: ["location", "timeout", "runas", "sudo"],
  aliases: {
    script: "location",
    path: "location",
    file: "location",
    source: "location",
    command: "location",
    run: "location",
    user: "runas",
    owner: "runas",
    runasuser: "runas",
    username: "runas",
    timeoutseconds: "timeout",
    timeoutinseconds: "timeout",
  },
};
const FILE: KnownKeys = {
  names: ["source", "destination"],
  aliases: {
    src: "source",
    from: "source",
    dest: "destination",
    dst: "destination",
    target: "destination",
    to: "destination",
  },
};
const PERMISSION: KnownKeys = {
  names: ["object", "pattern", "except", "owner", "group", "mode", "acls", "context", "type"],
  aliases: {
    path: "object",
    file: "object",
    location: "object",
    destination: "object",
    user: "owner",
    permission: "mode",
    permissions: "mode",
    chmod: "mode",
    exclude: "except",
    excludes: "except",
    types: "type",
    selinux: "context",
  },
};
const CONTEXT: KnownKeys = { names: ["name", "type", "range"], aliases: { user: "name" } };

/** Keys that stand where another key's members belong, by what to do about it. */
const BELONG_ELSEWHERE: Readonly<
  Record<"top-level" | "script" | "file" | "permission" | "context", Readonly<Record<string, string>>>
> = {
  "top-level": {
    source: "It belongs in an entry of files.",
    destination: "It belongs in an entry of files.",
    location: "It belongs in a script's entry, below an event of hooks.",
    timeout: "It belongs in a script's entry, below an event of hooks.",
    runas: "It belongs in a script's entry, below an event of hooks.",
    object: "It belongs in an entry of permissions.",
    pattern: "It belongs in an entry of permissions.",
    except: "It belongs in an entry of permissions.",
    owner: "It belongs in an entry of permissions.",
    group: "It belongs in an entry of permissions.",
    mode: "It belongs in an entry of permissions.",
    acls: "It belongs in an entry of permissions.",
    context: "It belongs in an entry of permissions.",
    overwrite: `For existing files, use ${FILE_EXISTS}.`,
    resources: "It belongs in an AppSpec for ECS or Lambda.",
  },
  script: {
    args: "A script gets no arguments: write a script that passes them.",
    arguments: "A script gets no arguments: write a script that passes them.",
    parameters: "A script gets no arguments: write a script that passes them.",
    env: "A script gets only the variables that the agent sets: set others in the script.",
    environment: "A script gets only the variables that the agent sets: set others in the script.",
    interpreter: "The script's own first line (#!) names its interpreter.",
    shell: "The script's own first line (#!) names its interpreter.",
    mode: "The agent makes scripts executable automatically.",
    object: "It belongs in an entry of permissions.",
    destination: "It belongs in an entry of files.",
  },
  file: {
    overwrite: `For existing files, use ${FILE_EXISTS}.`,
    fileexistsbehavior: `It belongs at the top level, next to files, and applies to all of them.`,
    permissions: "Permissions are a separate list at the top level, next to files.",
    permission: "Permissions are a separate list at the top level, next to files.",
    mode: "It belongs in an entry of permissions, a list next to files.",
    owner: "It belongs in an entry of permissions, a list next to files.",
    group: "It belongs in an entry of permissions, a list next to files.",
    user: "The owner belongs in an entry of permissions, a list next to files.",
    object: "It belongs in an entry of permissions, a list next to files.",
    except: "Everything below the source is installed: leave files out of the bundle instead.",
    exclude: "Everything below the source is installed: leave files out of the bundle instead.",
    excludes: "Everything below the source is installed: leave files out of the bundle instead.",
    ignore: "Everything below the source is installed: leave files out of the bundle instead.",
    pattern: "Everything below the source is installed: leave files out of the bundle instead.",
    runas: "Files belong to the agent's user: set an owner in permissions.",
  },
  permission: {
    recursive: "The pattern ** reaches everything below the object, and is the default.",
    source: "It belongs in an entry of files.",
    runas: "It belongs in a script's entry, below an event of hooks.",
    timeout: "It belongs in a script's entry, below an event of hooks.",
  },
  context: {},
};

/** Keys that agents do not read. They say nothing of them. */
export function unknownKeys(written: WrittenAppSpec): Finding[] {
  return [
    ...unknownTopLevelKeys(written),
    ...scriptsOf(written).flatMap((entry) => unknownIn(written, entry, SCRIPT, "script")),
    ...entriesOf(written, "files").flatMap((entry) => unknownIn(written, entry, FILE, "file")),
    ...entriesOf(written, "permissions").flatMap((entry) => [
      ...unknownIn(written, entry, PERMISSION, "permission"),
      ...unknownInContext(written, entry),
    ]),
  ];
}

function unknownTopLevelKeys({ root, places }: WrittenAppSpec): Finding[] {
  return strangers(root, TOP_LEVEL).map(({ key, name }) => {
    const place = findingPlace(places.member(root, key));
    const event = nearestName(name, LIFECYCLE_EVENTS);
    const elsewhere = adviceOn(name, "top-level");
    const meant = elsewhere === undefined ? nearestName(name, TOP_LEVEL.names, TOP_LEVEL.aliases) : undefined;
    if (elsewhere === undefined && meant === undefined && event !== undefined) {
      const cure = `Indent ${event} below hooks.`;
      return unknown(place, `${quoted(name)} is outside hooks, so its scripts never run. ${cure}`);
    }
    const found = unknown(
      place,
      `${quoted(name)} at the top of the file is not read. ${elsewhere ?? question(meant, TOP_LEVEL)}`,
    );
    // Other programs keep their settings in this file, too.
    return elsewhere === undefined && meant === undefined ? { ...found, severity: "note" } : found;
  });
}

function unknownIn(
  { root, places }: WrittenAppSpec,
  entry: WrittenEntry,
  known: KnownKeys,
  kind: keyof typeof BELONG_ELSEWHERE,
): Finding[] {
  const { field, map } = entry;
  return strangers(map, known).map(({ key, name }) => {
    const meant = nearestName(name, known.names, known.aliases);
    // What stands there already was not meant by another word for it.
    const isTaken = meant !== undefined && map.has(meant) && adviceOn(name, kind) !== undefined;
    const advice = isTaken || meant === undefined ? adviceOn(name, kind) : undefined;
    const found = unknown(
      findingPlace(places.member(map, key) ?? entry),
      `${quoted(name)} in ${quoted(field)} is not read. ${advice ?? question(meant, known)}`,
    );
    // Many write both, and mean what they get.
    const isSaidAlready = name === "overwrite" && (root.has("file_exists_behavior") || !isTruthy(map.get(key) ?? null));
    return isSaidAlready ? { ...found, severity: "note" } : found;
  });
}

function unknownInContext(written: WrittenAppSpec, entry: WrittenEntry): Finding[] {
  const context = entry.map.get("context") ?? null;
  if (!isYamlMap(context)) return [];
  return unknownIn(written, { ...entry, field: `${entry.field}.context`, map: context }, CONTEXT, "context");
}

function strangers(map: YamlMap, { names }: KnownKeys) {
  return [...map.keys()]
    .filter((key) => typeof key !== "string" || !names.includes(key))
    .slice(0, MAX_CHECKED_ENTRIES)
    .map((key) => ({ key, name: yamlText(key) }))
    .filter(({ name }) => !name.startsWith("x-"));
}

function adviceOn(name: string, kind: keyof typeof BELONG_ELSEWHERE): string | undefined {
  const advice = BELONG_ELSEWHERE[kind];
  const word = nearestName(
    name,
    Object.keys(advice).filter((key) => key.length === name.replaceAll(/[-_ ]/g, "").length),
  );
  return word === undefined ? undefined : advice[word];
}

function question(meant: string | undefined, { names }: KnownKeys): string {
  return meant === undefined ? `Valid keys: ${names.join(", ")}.` : `Did you mean ${meant}?`;
}

function unknown(place: FindingPlace, message: string): Finding {
  return { check: "unknown-key", severity: "warning", ...place, message };
}

/** Of two equal keys in one mapping agents read the last alone. */
export function repeatedKeys(written: WrittenAppSpec): Finding[] {
  const { root, places } = written;
  const hooks = root.get("hooks") ?? null;
  const maps: { readonly map: YamlMap; readonly where: string }[] = [
    { map: root, where: "" },
    ...(isYamlMap(hooks) ? [{ map: hooks, where: " in hooks" }] : []),
    ...[...scriptsOf(written), ...entriesOf(written, "files"), ...entriesOf(written, "permissions")].map(
      ({ map, field }) => ({
        map,
        where: ` in ${field}`,
      }),
    ),
  ];
  const isRead = (map: YamlMap, name: string) => map !== root || TOP_LEVEL.names.includes(name);
  return maps.flatMap(({ map, where }) =>
    places
      .repeatedKeys(map)
      .filter(({ key }) => isRead(map, yamlText(key)))
      .slice(0, MAX_CHECKED_ENTRIES)
      .map(({ key, line, column, lastLine }) => ({
        check: "repeated-key",
        severity: "warning" as const,
        line,
        column,
        message: `${quoted(yamlText(key))}${excerpt(where)} occurs again on line ${lastLine}, and only that one is read. Merge them.`,
      })),
  );
}
