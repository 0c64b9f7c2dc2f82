import { expect, it } from "vitest";
import { migrationChecksum } from "./migration-checksum.ts";
import { type Dialect, MIGRATIONS } from "./migrations.ts";

const DIALECTS: readonly Dialect[] = ["sqlite", "postgres"];

it.each(MIGRATIONS)("$name does what it did when it was released", async ({ name, up, checksums }) => {
  for (const dialect of DIALECTS) {
    const found = await migrationChecksum(up, dialect);
    // Databases exist that the released step made, and no later step would ever bring them the edit.
    expect(
      found,
      `${name} is not what it was (${dialect}). A released migration is never edited: undo that, and write a new one. Only if no database beyond your machine has run it, put ${found} into migrations.ts`,
    ).toBe(checksums[dialect]);
  }
});

it("takes another statement, and not another way of writing it, for an edit", async () => {
  const [first] = MIGRATIONS;
  const same = await migrationChecksum((db, dialect) => first!.up(db, dialect), "sqlite");
  expect(same).toBe(first!.checksums.sqlite);
  const more = await migrationChecksum(async (db, dialect) => {
    await first!.up(db, dialect);
    await db.schema.alterTable("hosts").addColumn("more", "text").execute();
  }, "sqlite");
  expect(more).not.toBe(same);
});

it("runs migrations in the order of their names", () => {
  const names = MIGRATIONS.map(({ name }) => name);
  expect(names).toEqual([...names].sort());
  for (const [index, name] of names.entries())
    expect(name).toMatch(new RegExp(`^${String(index + 1).padStart(4, "0")}-`));
});
