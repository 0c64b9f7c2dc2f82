import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UnreadableColumn } from "@sluice/model/stored-json/stored-json.ts";
import { DEPLOYMENT_INTENT, DEPLOYMENT_REQUEST } from "@sluice/server/store/columns/deployment-columns.ts";
import { MIGRATIONS } from "@sluice/server/store/migrations.ts";
import { openStore, type Store } from "@sluice/server/store/open-store.ts";
import { deploymentRow, USUAL_REQUEST } from "@sluice/server/store/rows.fixture.ts";
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DATABASES, type OpenDatabase, openDatabase, whyNoDatabase } from "../installation/databases.fixture.ts";

/** More than the migration reads at once. */
const MANY = 1_203;
const BEFORE = MIGRATIONS.slice(
  0,
  MIGRATIONS.findIndex(({ name }) => name === "0004-deployment-intent"),
);
/** JSON holds it, and PostgreSQL's own JSON does not. */
const HOSTILE = 'a \u0000, half of \ud83d, and "onlyHosts": ["x"]';

describe.each(DATABASES)("requests of deployments from before intents had a column of their own, on %s", (choice) => {
  const whyNot = whyNoDatabase(choice);
  let database: OpenDatabase;
  let dataDirectory: string;
  let store: Store | undefined;

  beforeEach(async (context) => {
    context.skip(whyNot !== null, whyNot ?? "");
    database = await openDatabase(choice);
    dataDirectory = mkdtempSync(join(tmpdir(), "sluice-upgrade-"));
  });
  afterEach(async () => {
    if (whyNot) return;
    await store?.close();
    store = undefined;
    await database.close();
    rmSync(dataDirectory, { recursive: true, force: true });
  });

  const open = async (migrations = MIGRATIONS) => {
    await store?.close();
    store = await openStore({ dataDirectory, databaseUrl: database.url, migrations });
    return store;
  };
  /** As the schema before has it: no columns `intent_json` and `created_by`, and each deployment in a group of its own. */
  const insert = ({ db }: Store, deploymentId: string, request: string) => {
    const {
      intent_json: _,
      request_json: __,
      created_by: ___,
      ...row
    } = deploymentRow(deploymentId, { deployment_group_id: deploymentId });
    const columns = Object.entries({ ...row, request_json: request });
    return sql`
      INSERT INTO deployments (${sql.join(columns.map(([name]) => sql.ref(name)))})
      VALUES (${sql.join(columns.map(([, value]) => value))})`.execute(db);
  };
  const read = async (deploymentId: string) => {
    const row = await store!.db
      .selectFrom("deployments")
      .selectAll()
      .where("deployment_id", "=", deploymentId)
      .executeTakeFirstOrThrow();
    return {
      text: String(row.request_json),
      intent: DEPLOYMENT_INTENT.read(row),
      request: () => DEPLOYMENT_REQUEST.read(row),
    };
  };

  it("lose nothing, and keep only what is shown", async () => {
    const before = await open(BEFORE);
    const said = { ...USUAL_REQUEST, description: HOSTILE };
    const plain = JSON.stringify(said);
    await insert(before, "d-PLAIN", plain);
    await insert(before, "d-STOPPED", JSON.stringify({ ...said, rollBackAfterStop: false }));
    await insert(before, "d-LATE", JSON.stringify({ onlyHosts: ["i-1", "i-2"], ...said, rollBackAfterStop: true }));
    await insert(before, "d-BROKEN", '{"onlyHosts":["i-1"');
    await open();
    expect(await read("d-PLAIN")).toMatchObject({ text: plain, intent: null });
    expect(await read("d-STOPPED")).toMatchObject({ text: plain, intent: { rollBackAfterStop: false } });
    const late = { text: plain, intent: { onlyHosts: ["i-1", "i-2"], rollBackAfterStop: true } };
    expect(await read("d-LATE")).toMatchObject(late);
    expect((await read("d-LATE")).request()).toEqual(said);
    expect((await read("d-BROKEN")).request).toThrow(UnreadableColumn);
  });

  it("are converted however many they are", async () => {
    const before = await open(BEFORE);
    await before.write(async ({ db }) => {
      for (let number = 0; number < MANY; number++) {
        const request = JSON.stringify({ ...USUAL_REQUEST, onlyHosts: [`i-${number}`] });
        await insert({ ...before, db }, `d-${number}`, request);
      }
    });
    const { db } = await open();
    const rows = await db.selectFrom("deployments").selectAll().execute();
    const wrong = rows.filter(
      (row) => DEPLOYMENT_INTENT.read(row)?.onlyHosts?.[0] !== row.deployment_id.replace("d", "i"),
    );
    expect([rows.length, wrong.length]).toEqual([MANY, 0]);
    expect(rows.filter((row) => String(row.request_json).includes("onlyHosts"))).toEqual([]);
  });
});
