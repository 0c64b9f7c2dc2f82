import { CallerFault } from "@sluice/model/caller-fault.ts";
import { sql } from "kysely";
import type { Store } from "../../store/open-store.ts";
import { settingOrNew } from "../../store/settings.ts";
import type { PageTokens } from "../page-tokens.ts";

/** A cursor of GetTaskLogs has a place for each container. */
export const MAX_LOG_CURSOR_CHARACTERS = 1_048_576;
/** Whoever reads on while the server is upgraded has a cursor that is not sealed, once. */
const OLDER_CURSORS_MILLISECONDS = 60 * 60 * 1000;
const SEALED_SINCE_SETTING = "log-cursors.sealed-since";

/** Whose log a cursor is of: the operation, and which log. */
export type LogName = readonly [operation: string, ...log: readonly unknown[]];

/**
 * Seals how far a log was read, as tokens of pages are. The same place has the same cursor, so that whoever reads on can tell that nothing came.
 */
export interface LogCursors {
  seal(log: LogName, place: string): string;
  /** The place; undefined without a cursor. Throws `InvalidNextTokenException` for what this log did not give. */
  open(log: LogName, cursor: string | undefined): string | undefined;
}

/** @param takesOlder whether places are taken as they are, as versions before gave them */
export function logCursors(
  tokens: Pick<PageTokens, "sealAlike" | "open">,
  takesOlder: () => boolean = () => false,
): LogCursors {
  return {
    seal: (log, place) => tokens.sealAlike(JSON.stringify(log), place),
    open(log, cursor) {
      if (cursor === undefined) return undefined;
      const place = tokens.open(JSON.stringify(log), cursor, MAX_LOG_CURSOR_CHARACTERS);
      if (place !== undefined) return place;
      if (takesOlder()) return cursor;
      throw new CallerFault(
        "InvalidNextTokenException",
        `The cursor is not one that ${log[0]} gave for this log: pass it unchanged, or leave it out to start anew.`,
      );
    },
  };
}

/** Those of an installation. @param now epoch milliseconds */
export async function logCursorsOf(store: Store, tokens: PageTokens, now: () => number): Promise<LogCursors> {
  const since = await settingOrNew(store, SEALED_SINCE_SETTING, async () => String((await hasLogs(store)) ? now() : 0));
  return logCursors(tokens, () => now() < Number(since) + OLDER_CURSORS_MILLISECONDS);
}

/** Whether anybody can be reading: nobody is of a new installation. */
async function hasLogs({ db }: Store): Promise<boolean> {
  for (const table of ["deployments", "ecs_tasks", "lambda_functions"] as const) {
    const row = await db.selectFrom(table).select(sql`1`.as("one")).limit(1).executeTakeFirst();
    if (row) return true;
  }
  return false;
}
