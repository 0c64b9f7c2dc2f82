import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openStore } from "./open-store.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "sluice-store-"));
  chmodSync(directory, 0o755);
});
afterEach(() => rmSync(directory, { recursive: true }));

it("keeps the keys in its database to itself in a directory that all may read", async () => {
  const before = process.umask(0o022);
  try {
    const store = await openStore({ dataDirectory: directory });
    await store.write(({ db }) => db.insertInto("settings").values({ name: "secret", value: "s" }).execute());
    const modes = readdirSync(directory).map((name) => (statSync(join(directory, name)).mode & 0o777).toString(8));
    expect(modes.length).toBeGreaterThan(0);
    expect(new Set(modes)).toEqual(new Set(["600"]));
    await store.close();
  } finally {
    process.umask(before);
  }
});

it("takes a database back that others could read", async () => {
  writeFileSync(join(directory, "sluice.db"), "", { mode: 0o644 });
  const store = await openStore({ dataDirectory: directory });
  expect(statSync(join(directory, "sluice.db")).mode & 0o777).toBe(0o600);
  await store.close();
});

it("says that the disk is full when it is, and goes on when there is room again", async () => {
  const store = await openStore({ dataDirectory: directory });
  const write = (value: string) =>
    store.write(({ db }) =>
      db
        .insertInto("settings")
        .values({ name: value.slice(0, 9), value })
        .execute(),
    );
  const { rows } = await sql<{ page_count: number }>`PRAGMA page_count`.execute(store.db);
  await sql`PRAGMA max_page_count = ${sql.lit(rows[0]!.page_count)}`.execute(store.db);
  await expect(write("x".repeat(1024 * 1024))).rejects.toThrow("database or disk is full");
  await sql`PRAGMA max_page_count = 1073741823`.execute(store.db);
  await write("y".repeat(1024 * 1024));
  await store.close();
});

it("names the file that is no database, and how to come back", async () => {
  for (const [name, cure] of [
    ["sluice.db", "Restore a backup into a directory that is not there yet: sluice restore FILE --data"],
    ["server.lock", `Nothing is kept in it: rm ${directory}/server.lock`],
  ] as const) {
    writeFileSync(join(directory, name), "garbage ".repeat(1000));
    await expect(openStore({ dataDirectory: directory })).rejects.toThrow(
      `${join(directory, name)} is damaged (file is not a database). ${cure}`,
    );
    rmSync(join(directory, name));
  }
});
