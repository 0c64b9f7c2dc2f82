import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { fullDisk } from "./disk-full.ts";

it("knows SQLite's own error, wrapped too, and no other error of SQLite's", () => {
  const database = new DatabaseSync(":memory:");
  database.exec("PRAGMA max_page_count = 2; CREATE TABLE one (bytes)");
  const errorOf = (sql: string): unknown => {
    try {
      database.exec(sql);
    } catch (error) {
      return error;
    }
    return null;
  };
  const full = errorOf("INSERT INTO one VALUES (zeroblob(100000))");
  expect(fullDisk(full)).toBe("local");
  expect(fullDisk(new Error("could not be stored", { cause: full }))).toBe("local");
  expect(fullDisk(errorOf("INSERT INTO missing VALUES (1)"))).toBeNull();
  database.close();
});

it.each([
  ["ENOSPC", "local"],
  ["EDQUOT", "local"],
  ["53100", "postgres"],
  ["EACCES", null],
])("%s: %s", (code, disk) => {
  expect(fullDisk(Object.assign(new Error("of the system"), { code }))).toBe(disk);
});
