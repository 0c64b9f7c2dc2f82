import { type EntryProblem, entryPathOf, quotedEntryName, REMOVE_IT } from "@sluice/model/bundle/entry-name.ts";
import { EventFailure } from "../event-failure.ts";
import type { ArchiveLimits } from "./archive-limits.ts";

/**
 * An entry's name as a path relative to the archive root, `""` being that root. The name must not lead outside, whatever
 * the file system holds.
 * @throws EventFailure naming the entry and the cure
 */
export function entryPath(name: string, limits: ArchiveLimits): string {
  const result = entryPathOf(name, limits);
  if ("path" in result) return result.path;
  throw refusedFor(name, result);
}

/** The one form of every refusal: which entry, why, and what to do. Nothing of the archive is kept. */
export function refusedEntry(name: string | Uint8Array, reason: string, cure = REMOVE_IT): EventFailure {
  return new EventFailure(
    `The bundle was refused, and nothing was unpacked: entry ${quotedEntryName(name)} is not allowed because ` +
      `${reason}. ${cure}, then deploy again.`,
  );
}

export function refusedFor(name: string | Uint8Array, { reason, cure }: EntryProblem): EventFailure {
  return refusedEntry(name, reason, cure);
}
