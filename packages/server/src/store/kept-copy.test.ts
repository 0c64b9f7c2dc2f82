import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, it } from "vitest";
import { keepCopy } from "./kept-copy.ts";
import { migrate } from "./migrate.ts";
import { MIGRATIONS, type Migration } from "./migrations.ts";
import { openStore, type Store } from "./open-store.ts";

const MORE: Migration = {
  name: "9998-more",
  up: async (db) => {
    await db.schema.createTable("more").addColumn("id", "text").execute();
  },
  checksums: { sqlite: "s", postgres: "p" },
};

let directory: string;
let store: Store;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "sluice-copy-"));
  store = await openStore({ dataDirectory: directory });
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

const copies = () => readdirSync(directory).filter((name) => name.startsWith("sluice.db.before-"));
const upgrade = () =>
  migrate(store.db, "sqlite", {
    migrations: [...MIGRATIONS, MORE],
    beforeUpgrade: (step) => keepCopy(store.db, directory, step),
  });

it("keeps the database as it was before it is changed, for its owner alone, and the newest copy only", async () => {
  await store.write(({ db }) => db.insertInto("settings").values({ name: "kept", value: "yes" }).execute());
  expect(copies()).toEqual([]);
  await keepCopy(store.db, directory, "0002-older");
  await upgrade();
  expect(copies()).toEqual(["sluice.db.before-9998-more"]);
  const copy = join(directory, copies()[0]!);
  expect(statSync(copy).mode & 0o777).toBe(0o600);
  const opened = new DatabaseSync(copy, { readOnly: true });
  expect(opened.prepare("SELECT value FROM settings WHERE name = 'kept'").get()).toEqual({ value: "yes" });
  expect(opened.prepare("SELECT name FROM sqlite_master WHERE name = 'more'").get()).toBeUndefined();
  opened.close();
});

it("changes nothing when there is no room for the copy", async () => {
  rmSync(directory, { recursive: true });
  await expect(upgrade()).rejects.toThrow(/no copy of it could be kept in .*Free space/);
  await expect(migrate(store.db, "sqlite")).resolves.toBeUndefined();
});
