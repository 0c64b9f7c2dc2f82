import { AppSpecError } from "../app-spec/app-spec-error.ts";
import { type PermissionRule, permissionRule } from "../app-spec/install-values.ts";
import { matchesSimpleGlob } from "../app-spec/simple-glob.ts";
import type { Finding } from "./finding.ts";
import { fileEntries, hostPath, type InstalledPaths, parentsOf } from "./installed-paths.ts";
import {
  entriesOf,
  findingPlace,
  type LintSubject,
  placeOf,
  quoted,
  type WrittenAppSpec,
  type WrittenEntry,
} from "./lint-subject.ts";

/** Every file and directory below the object; the default. */
const EVERYTHING_BELOW = "**";
/**
 * Characters of patterns, and of exceptions, that are held against the names of what is installed. Those of people are a few millions; a
 * hostile file of a few kilobytes could hold up a server for minutes.
 */
const MAX_MATCHED_CHARACTERS = 24_000_000;
/** What looking at a name costs besides, in the same unit. */
const CHARACTERS_PER_NAME = 24;
const LEADING_ZERO = /^0[0-9]+$/;

interface WrittenPermission extends WrittenEntry {
  readonly rule: PermissionRule;
  readonly object: string;
}

/** Values that the grammar takes and Install does not. */
export function unusablePermissions(subject: LintSubject): Finding[] {
  return entriesOf(subject, "permissions").flatMap((entry): Finding[] => {
    const rule = ruleOf(subject, entry);
    if (rule instanceof AppSpecError) {
      const message = `${rule.message} Every host fails at DownloadBundle (with the AWS agent at Install).`;
      return [{ check: "unusable-value", severity: "error", ...findingPlace(entry), message }];
    }
    return [];
  });
}

/** A mode without quotes whose leading zero makes another number of it. */
export function misreadModes(written: WrittenAppSpec): Finding[] {
  return entriesOf(written, "permissions").flatMap((entry): Finding[] => {
    const value = entry.map.get("mode") ?? null;
    const digits = written.places.member(entry.map, "mode")?.written ?? "";
    if (typeof value !== "bigint" || !LEADING_ZERO.test(digits) || BigInt(digits.replace(/^0+(?=\d)/, "")) === value)
      return [];
    const message = `mode: ${quoted(digits)} is an octal number in YAML, and is read as the mode ${value}. Put it in quotes: "${quoted(digits)}".`;
    return [{ check: "mode", severity: "warning", ...placeOf(written, entry, "mode"), message }];
  });
}

/** Permissions that change nothing, or stop every Install. */
export function pointlessPermissions(subject: LintSubject, installed: InstalledPaths | null): Finding[] {
  const settled = new Map<string, WrittenPermission>();
  const targets = fileEntries(subject).map(({ target }) => target);
  let matched = 0;
  return rulesOf(subject).flatMap((permission): Finding[] => {
    const { rule, object } = permission;
    const find = (check: string, severity: Finding["severity"], key: string, message: string): Finding[] => [
      { check, severity, ...placeOf(subject, permission, key), message },
    ];
    if (!isNearDestination(targets, object)) {
      const message = `The object ${quoted(rule.object)} is outside every destination of files, so its permissions change nothing: they apply only to installed files. Set others in an AfterInstall script.`;
      return find("permission-object", "warning", "object", message);
    }
    if (rule.pattern.includes("/")) {
      const message = `The pattern ${quoted(rule.pattern)} matches nothing: a pattern is compared only with the names in ${quoted(rule.object)}, and * is its only wildcard. Make the directory the object, or omit the pattern to match everything below.`;
      return find("permission-pattern", "warning", "pattern", message);
    }
    if (installed === null) return [];
    const isFile = installed.files.has(object) && !installed.links.includes(object);
    if (isFile && rule.type.includes("file")) {
      const key = rule.pattern !== EVERYTHING_BELOW ? "pattern" : rule.except.length > 0 ? "except" : null;
      if (key !== null) {
        const message = `The object ${quoted(rule.object)} is a file, and ${key} is for directories: every host fails at Install. Remove ${key}.`;
        return find("permission-pattern", "error", key, message);
      }
    }
    matched += costOf(rule, installed);
    if (matched > MAX_MATCHED_CHARACTERS || hasLinkNear(installed, object)) return [];
    const files = filesOf(rule, object, installed);
    if (files.length === 0 && !reachesDirectory(rule, object, installed)) {
      return find(
        "permission-object",
        "warning",
        rule.pattern === EVERYTHING_BELOW ? "object" : "pattern",
        nothingReached(rule, object, installed),
      );
    }
    for (const file of files) {
      const earlier = settled.get(file);
      if (earlier !== undefined && subject.appSpec.fileExistsBehavior !== "RETAIN") {
        const where = earlier.line === null ? earlier.field : `${earlier.field} (line ${earlier.line})`;
        const message = `${permission.field} and ${where} both set the permissions of ${quoted(file)}: every host fails at Install. ${howToNarrow(file, earlier, permission)}`;
        return find("permission-twice", "error", "object", message);
      }
      settled.set(file, permission);
    }
    return [];
  });
}

/** An `except` that leaves out less than it says, as agents hold it against the names directly in the object alone. */
export function exceptsThatMiss(subject: LintSubject, installed: InstalledPaths | null): Finding[] {
  return rulesOf(subject).flatMap((permission): Finding[] => {
    const { rule, object } = permission;
    const find = (message: string): Finding[] => [
      { check: "permission-except", severity: "warning", ...placeOf(subject, permission, "except"), message },
    ];
    const withSlash = rule.except.filter((excluded) => excluded.includes("/"));
    if (withSlash.length > 0) {
      return find(
        `The except ${quoted(withSlash.join(", "))} excludes nothing: an except is compared only with the names directly in ${quoted(rule.object)}, never with a path. ${ONE_ENTRY_EACH}`,
      );
    }
    if (installed === null || rule.except.length === 0 || rule.pattern !== EVERYTHING_BELOW) return [];
    const examples = namesBelow(rule, object, installed);
    for (const excluded of rule.except) {
      const name = [...examples.keys()].find((candidate) => matchesSimpleGlob(candidate, excluded));
      if (name === undefined) continue;
      return find(
        `The except ${quoted(excluded)} does not exclude ${quoted(examples.get(name) ?? name)}, which gets the permissions: an except is compared only with the names directly in ${quoted(rule.object)}, never with the content of its directories. ${ONE_ENTRY_EACH}`,
      );
    }
    return [];
  });
}

const ONE_ENTRY_EACH =
  'Use pattern: "*", which matches only what is directly in the object, and an entry for each directory below it; or set them in an AfterInstall script.';

/** Every name in the directories of an object, with the first path that it is in. */
function namesBelow(rule: PermissionRule, object: string, installed: InstalledPaths): Map<string, string> {
  const { files, directories } = installed;
  const prefix = object === "/" ? "/" : `${object}/`;
  const examples = new Map<string, string>();
  for (const [type, paths] of [
    ["file", files.keys()],
    ["directory", directories.keys()],
  ] as const) {
    if (!rule.type.includes(type)) continue;
    for (const path of paths) {
      const names = path.startsWith(prefix) ? path.slice(prefix.length).split("/") : [];
      if (names.length < 2) continue;
      for (const name of names) if (!examples.has(name)) examples.set(name, path);
    }
  }
  return examples;
}

/** What to change where two entries reach one file; an `except` of the one that is further out does not. */
function howToNarrow(file: string, ...both: readonly WrittenPermission[]): string {
  const outer = both.find(({ rule, object }) => rule.pattern === EVERYTHING_BELOW && isBelowDirectoryOf(object, file));
  if (outer === undefined) return "Narrow one of them by pattern, except or type.";
  return `Give ${outer.field} the pattern "*", which matches only what is directly in ${quoted(outer.rule.object)} (as does its except), and add an entry for each other directory; or keep one of the two entries, and set the rest in an AfterInstall script.`;
}

function isBelowDirectoryOf(object: string, file: string): boolean {
  const prefix = object === "/" ? "/" : `${object}/`;
  return file.startsWith(prefix) && file.slice(prefix.length).includes("/");
}

function ruleOf(subject: LintSubject, { index }: WrittenEntry): PermissionRule | AppSpecError | null {
  const permission = subject.appSpec.permissions[index];
  if (permission === undefined) return null;
  try {
    return permissionRule(permission);
  } catch (error) {
    if (error instanceof AppSpecError) return error;
    throw error;
  }
}

function rulesOf(subject: LintSubject): WrittenPermission[] {
  return entriesOf(subject, "permissions").flatMap((entry): WrittenPermission[] => {
    const rule = ruleOf(subject, entry);
    return rule === null || rule instanceof AppSpecError ? [] : [{ ...entry, rule, object: hostPath(rule.object) }];
  });
}

/** A destination, what is below one, or what one is below. */
function isNearDestination(targets: readonly string[], object: string): boolean {
  const above = new Set([object, ...parentsOf(object), "/"]);
  return targets.some((target) => above.has(target) || object === "/" || target.startsWith(`${object}/`));
}

function costOf({ pattern, except }: PermissionRule, { files, directories, links }: InstalledPaths): number {
  const patterns = [pattern, ...except].reduce((sum, { length }) => sum + length + CHARACTERS_PER_NAME, 0);
  return (files.size + directories.size) * patterns + links.length * CHARACTERS_PER_NAME;
}

/** What a link to a directory brings in is not in the listing. */
function hasLinkNear({ links }: InstalledPaths, object: string): boolean {
  const above = new Set([object, ...parentsOf(object)]);
  return links.some((link) => above.has(link) || object === "/" || link.startsWith(`${object}/`));
}

function filesOf(rule: PermissionRule, object: string, { files }: InstalledPaths): string[] {
  if (!rule.type.includes("file")) return [];
  return files.has(object) ? [object] : selected(rule, object, files.keys());
}

function reachesDirectory(rule: PermissionRule, object: string, { directories }: InstalledPaths): boolean {
  return rule.type.includes("directory") && selected(rule, object, directories.keys()).length > 0;
}

function selected({ pattern, except }: PermissionRule, object: string, paths: Iterable<string>): string[] {
  const prefix = object === "/" ? "/" : `${object}/`;
  const matching: string[] = [];
  for (const path of paths) {
    if (!path.startsWith(prefix)) continue;
    const rest = path.slice(prefix.length);
    if (pattern !== EVERYTHING_BELOW && !matchesSimpleGlob(rest, pattern)) continue;
    if (!except.some((excluded) => matchesSimpleGlob(rest, excluded))) matching.push(path);
  }
  return matching;
}

function nothingReached(rule: PermissionRule, object: string, installed: InstalledPaths): string {
  const outcome = "so the permissions change nothing";
  const name = quoted(rule.object);
  if (installed.files.has(object)) return `The object ${name} is a file, but type names only directories, ${outcome}.`;
  if (!installed.directories.has(object) && object !== "/") {
    return `The deployment installs nothing at ${name}, ${outcome}: they apply only to installed files. Correct the object, or set them in an AfterInstall script.`;
  }
  if (rule.pattern !== EVERYTHING_BELOW) {
    return `The pattern ${quoted(rule.pattern)} matches nothing that the deployment installs in ${name}, ${outcome}. A pattern is compared only with the names in that directory, and * is its only wildcard.`;
  }
  return `type and except exclude everything that the deployment installs below ${name}, ${outcome}. The object itself never gets them.`;
}
