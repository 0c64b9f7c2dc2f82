import { AppSpecError } from "../app-spec/app-spec-error.ts";
import { filePaths } from "../app-spec/install-values.ts";
import { findInBundle } from "./bundle-listing.ts";
import type { Finding } from "./finding.ts";
import { fileEntries, type InstalledPaths, lastPart } from "./installed-paths.ts";
import { entriesOf, findingPlace, type LintSubject, placeOf, quoted, scriptsOf } from "./lint-subject.ts";
import { MAX_SUGGESTIONS, similarPath } from "./similar-path.ts";

/** Refused entries that are told one by one; their number says nothing more. */
const MAX_TOLD_ENTRIES = 5;

/** Values that the grammar takes and Install does not. */
export function unusableFiles(subject: LintSubject): Finding[] {
  return entriesOf(subject, "files").flatMap((entry): Finding[] => {
    const file = subject.appSpec.files[entry.index];
    try {
      if (file !== undefined) filePaths(file);
      return [];
    } catch (error) {
      if (!(error instanceof AppSpecError)) throw error;
      return [
        {
          check: "unusable-value",
          severity: "error",
          ...findingPlace(entry),
          message: `${error.message} Every host fails at DownloadBundle (with the AWS agent at Install).`,
        },
      ];
    }
  });
}

export function sourcesThatCannotBe(subject: LintSubject): Finding[] {
  const { bundle } = subject;
  if (bundle === null) return [];
  const isTooLate = scriptsOf(subject).some(({ event }) => event === "BeforeInstall");
  let missing = 0;
  return fileEntries(subject).flatMap((entry): Finding[] => {
    const found = findInBundle(bundle, entry.source);
    const place = placeOf(subject, entry, "source");
    if (found.is === "outside") {
      const message = `The source ${quoted(entry.source)} leads out of the bundle${by(found)}: hosts with the Sluice agent fail at DownloadBundle. Put the files themselves into the bundle.`;
      return [{ check: "outside", severity: "error", ...place, message, onlyFor: "sluice-agent" }];
    }
    if (found.is !== "missing" && found.is !== "circle") return [];
    const when = isTooLate ? ", before a BeforeInstall script can create it" : "";
    missing += 1;
    const meant = missing > MAX_SUGGESTIONS ? undefined : similarPath(entry.source, bundle, "any");
    const cure = /[*?[{]/.test(entry.source)
      ? "A source is a path, not a pattern: name the directory to install its whole content."
      : meant === undefined
        ? entry.source.startsWith("/")
          ? "A source is a path in the bundle, not on this machine: add it to the bundle, or correct the source."
          : "Add it to the bundle, or correct the source."
        : `Did you mean ${quoted(meant)}?`;
    const message = `The source ${quoted(entry.source)} is not in the bundle: every host fails at DownloadBundle${when} (with the AWS agent at Install). ${cure}`;
    return [{ check: "missing-source", severity: "error", ...place, message }];
  });
}

/** By way of which link a path leads out of the bundle. */
export function by({ link, target }: { readonly link: string | undefined; readonly target: string }): string {
  return link === undefined ? "" : ` by the link ${quoted(link)} to ${quoted(target)}`;
}

/** Entries for which hosts refuse the whole bundle. */
export function refusedEntries({ bundle }: LintSubject): Finding[] {
  return (bundle?.refused ?? []).slice(0, MAX_TOLD_ENTRIES).map(({ entry, reason, cure }) => ({
    check: "refused-entry",
    severity: "error" as const,
    line: null,
    message: `The entry ${quoted(entry)} is not allowed because ${reason}: hosts with the Sluice agent fail at DownloadBundle. ${cure}.`,
  }));
}

/** Destinations that are taken by their letters. */
export function oddDestinations(subject: LintSubject): Finding[] {
  const { bundle } = subject;
  return fileEntries(subject).flatMap((entry): Finding[] => {
    const { source, destination, target } = entry;
    const place = placeOf(subject, entry, "destination");
    const warn = (message: string): Finding[] => [{ check: "destination", severity: "warning", ...place, message }];
    if (/\$\{?\w|%\w+%/.test(destination)) {
      return warn(
        `The destination ${quoted(destination)} is used literally: variables are not replaced, and the files go to ${quoted(target)}. Write the full path.`,
      );
    }
    if (/^[A-Za-z]:[\\/]/.test(destination)) {
      return warn(
        `The destination ${quoted(destination)} is a Windows path, but os is linux: the files go to ${quoted(target)}.`,
      );
    }
    if (!destination.startsWith("/") && !destination.startsWith("~")) {
      return warn(
        `The destination ${quoted(destination)} is relative to /: the files go to ${quoted(target)}. Begin it with a slash.`,
      );
    }
    const found = bundle === null ? undefined : findInBundle(bundle, source);
    if (found?.is !== "file") return [];
    const name = lastPart(source);
    if (!looksLikeFileName(target, name)) return [];
    return warn(
      `The destination ${quoted(destination)} is the directory for ${quoted(name)}, so the file becomes ${quoted(`${target}/${name}`)}. Name only the directory.`,
    );
  });
}

/** `/etc/app/app.conf` for `app.conf`; a directory may be called as a file without an ending is. */
function looksLikeFileName(target: string, name: string): boolean {
  const last = target.slice(target.lastIndexOf("/") + 1);
  const ending = /[^.](\.[A-Za-z][A-Za-z0-9]*)$/.exec(name)?.[1];
  return ending !== undefined && last.endsWith(ending) && last.length > ending.length;
}

/** Two sources for one place on the host. */
export function collidingFiles(subject: LintSubject, installed: InstalledPaths | null): Finding[] {
  if (installed === null || subject.appSpec.fileExistsBehavior === "RETAIN") return [];
  const first = new Map<string, Finding>();
  for (const { by, earlier, destination, what } of installed.collisions) {
    const pair = `${earlier.index} ${by.index}`;
    if (first.has(pair)) continue;
    const other =
      earlier.index === by.index
        ? "the same entry"
        : `${earlier.field}${earlier.line === null ? "" : ` (line ${earlier.line})`}`;
    const message = `${by.field} and ${other} both install ${quoted(destination)}, as ${what}: every host fails at Install. Remove one of them.`;
    first.set(pair, { check: "same-destination", severity: "error", ...findingPlace(by), message });
  }
  return [...first.values()];
}

/** An AppSpec in a bundle that has two; the second is never looked at. */
export function secondAppSpec({ bundle }: LintSubject): Finding[] {
  if (bundle === null || !bundle.entries.has("appspec.yml") || !bundle.entries.has("appspec.yaml")) return [];
  const message = "The bundle also has an appspec.yaml, which is not read. Remove one of them.";
  return [{ check: "second-app-spec", severity: "warning", line: null, message }];
}
