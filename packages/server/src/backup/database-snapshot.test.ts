import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type OpenStore, openStore } from "../store/open-store.ts";
import { withSnapshot } from "./database-snapshot.ts";

const ROWS_BEFORE = 3000;

let directory: string;
let store: OpenStore;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "sluice-snapshot-"));
  store = await openStore({ dataDirectory: directory });
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Two rows that belong together, in a transaction that lets others have their turn in its middle. */
const writePair = (number: number) =>
  store.write(async ({ db }) => {
    const name = `pair-${number}`;
    await db
      .insertInto("settings")
      .values({ name, value: "x".repeat(500) })
      .execute();
    await nextTurn();
    await db.insertInto("resource_tags").values({ resource_arn: name, tag_key: "k", tag_value: "v" }).execute();
  });

it("shows one moment while the server writes on, also in the middle of its transactions", async () => {
  await Promise.all(Array.from({ length: ROWS_BEFORE }, (_, number) => writePair(number)));
  let isOver = false;
  let written = ROWS_BEFORE;
  const writing = (async () => {
    while (!isOver) await writePair(written++);
  })();
  const counts = await withSnapshot(store, async (snapshot) => {
    const count = async (table: string) => {
      let rows = 0;
      for await (const batch of snapshot.rows(table)) rows += batch.length;
      return rows;
    };
    const settings = await count("settings");
    // Something is written between the reading of the one table and of the other.
    const before = written;
    while (written < before + 3) await nextTurn();
    return { settings, tags: await count("resource_tags") };
  });
  isOver = true;
  await writing;
  expect(counts.settings).toBe(counts.tags);
  expect(counts.settings).toBeGreaterThanOrEqual(ROWS_BEFORE);
  expect(written).toBeGreaterThan(counts.settings);
});
