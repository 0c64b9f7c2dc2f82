import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openStore } from "./open-store.ts";
import { adoptDatabase, checkDatabase, checkPlace } from "./own-database.ts";

let dataDirectory: string;
beforeEach(() => {
  dataDirectory = mkdtempSync(join(tmpdir(), "sluice-own-database-"));
});
afterEach(() => rmSync(dataDirectory, { recursive: true, force: true }));

it("is taken again after a first start that was killed before it had made root's key", async () => {
  const place = { dataDirectory };
  const killed = await openStore(place);
  await adoptDatabase(killed, place);
  await killed.close();
  checkPlace(place);
  const opening = openStore({ dataDirectory, check: (db, dialect) => checkDatabase(db, dialect, place) });
  await expect(opening).resolves.toMatchObject({ dialect: "sqlite" });
  await (await opening).close();
});
