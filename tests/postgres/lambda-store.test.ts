import type { WriteTransaction } from "@sluice/server/store/group-commit.ts";
import { findAlias, listAliases, removeAlias, saveAlias } from "@sluice/server/store/lambda/aliases.ts";
import { changeFunctions } from "@sluice/server/store/lambda/change-functions.ts";
import {
  changeFunction,
  countFunctions,
  findFunction,
  insertFunction,
  listFunctions,
  lockFunction,
  removeFunction,
  sumReservedConcurrency,
  takenUids,
} from "@sluice/server/store/lambda/functions.ts";
import { insertPermission, listPermissions, removePermission } from "@sluice/server/store/lambda/permissions.ts";
import { functionAlias, functionRow, functionVersion } from "@sluice/server/store/lambda/rows.fixture.ts";
import {
  findVersion,
  listAllVersions,
  listVersions,
  namedCode,
  newestPublished,
  removeVersion,
  saveVersion,
} from "@sluice/server/store/lambda/versions.ts";
import { openStore, type Store } from "@sluice/server/store/open-store.ts";
import { isUniqueViolation } from "@sluice/server/store/unique-violation.ts";
import { WakeFeed } from "@sluice/server/store/wake-feed.ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type PostgresCluster, startPostgres, whyNoPostgres } from "./postgres-cluster.fixture.ts";
import { NOON } from "./store.fixture.ts";

const NO_LIMIT = 1_000;

describe.each(["sqlite", "postgres"] as const)("functions in the store on %s", (dialect) => {
  const whyNot = dialect === "postgres" ? whyNoPostgres() : null;
  let postgres: PostgresCluster | undefined;
  let store: Store;

  beforeAll(async () => {
    if (dialect === "postgres" && !whyNot) postgres = await startPostgres();
  });
  beforeEach(async (context) => {
    context.skip(whyNot !== null, whyNot ?? "");
    store = await openStore({ dataDirectory: ":memory:", databaseUrl: await postgres?.newDatabase() });
  });
  afterEach(async () => {
    if (!whyNot) await store.close();
  });
  afterAll(async () => {
    await postgres?.stop();
  });

  const write = <T>(work: (db: WriteTransaction["db"]) => Promise<T>) => store.write(({ db }) => work(db));
  const isTaken = async (writing: Promise<unknown>) => isUniqueViolation(await writing.catch((error) => error));

  it("keeps functions, each with a user of its own", async () => {
    await write((db) => insertFunction(db, functionRow({ created_at: NOON })));
    await write((db) => insertFunction(db, functionRow({ function_name: "a", uid: null })));
    await write((db) => insertFunction(db, functionRow({ function_name: "b", uid: null, reserved_concurrency: 5 })));
    expect(await isTaken(write((db) => insertFunction(db, functionRow({ uid: 52_001 }))))).toBe(true);
    expect(await isTaken(write((db) => insertFunction(db, functionRow({ function_name: "c" }))))).toBe(true);
    expect([...(await takenUids(store.db))]).toEqual([52_000]);
    expect(await countFunctions(store.db)).toBe(3);
    await write((db) => changeFunction(db, "payments", { last_version: 4, reserved_concurrency: 7 }));
    expect(await sumReservedConcurrency(store.db)).toBe(12);
    expect(await findFunction(store.db, "payments")).toMatchObject({ created_at: NOON, last_version: 4 });
    expect((await store.write((transaction) => lockFunction(transaction, "payments")))?.uid).toBe(52_000);
    const names = async (after: string, limit: number) =>
      (await listFunctions(store.db, after, limit)).map((row) => row.function_name);
    expect([await names("", 2), await names("b", NO_LIMIT)]).toEqual([["a", "b"], ["payments"]]);
  });

  it("lists versions by their numbers, with $LATEST first", async () => {
    for (const version of ["10", "2", "$LATEST", "1"]) {
      await write((db) => saveVersion(db, functionVersion({ version, codeSha256: version === "2" ? "b" : "a" })));
    }
    await write((db) => saveVersion(db, functionVersion({ functionName: "zeta", modifiedAt: NOON })));
    const list = async (after: number, limit: number) =>
      (await listVersions(store.db, "payments", after, limit)).map(({ version }) => version);
    expect([await list(-1, NO_LIMIT), await list(1, 1)]).toEqual([["$LATEST", "1", "2", "10"], ["2"]]);
    expect((await newestPublished(store.db, "payments"))?.version).toBe("10");
    expect(await newestPublished(store.db, "zeta")).toBeUndefined();
    const all = await listAllVersions(store.db, { functionName: "payments", number: 2 }, NO_LIMIT);
    expect(all.map(({ functionName, version }) => `${functionName}:${version}`)).toEqual([
      "payments:10",
      "zeta:$LATEST",
    ]);
    expect(await listAllVersions(store.db, null, NO_LIMIT)).toHaveLength(5);
    expect(await findVersion(store.db, { functionName: "zeta", version: "$LATEST" })).toEqual(
      functionVersion({ functionName: "zeta", modifiedAt: NOON }),
    );
    await write((db) => saveVersion(db, functionVersion({ revisionId: "next" })));
    expect((await findVersion(store.db, { functionName: "payments", version: "$LATEST" }))?.revisionId).toBe("next");
    await write((db) => removeVersion(db, { functionName: "payments", version: "2" }));
    expect([...(await namedCode(store.db)).keys()].toSorted()).toEqual(["a", "a".repeat(64)]);
  });

  it("finds aliases by either of their versions", async () => {
    const weighted = functionAlias({ aliasName: "canary", version: "1", second: { version: "2", weight: 0.1 } });
    await write((db) => saveAlias(db, functionAlias()));
    await write((db) => saveAlias(db, weighted));
    await write((db) => saveAlias(db, functionAlias({ functionName: "zeta" })));
    expect(await findAlias(store.db, weighted)).toEqual(weighted);
    const list = async (version?: string, after = "") =>
      (await listAliases(store.db, { functionName: "payments", version, after, limit: NO_LIMIT })).map(
        ({ aliasName }) => aliasName,
      );
    expect([await list(), await list("1"), await list("2"), await list("3"), await list("1", "canary")]).toEqual([
      ["canary", "live"],
      ["canary", "live"],
      ["canary"],
      [],
      ["live"],
    ]);
    await write((db) => saveAlias(db, { ...weighted, version: "2", second: null }));
    expect(await findAlias(store.db, weighted)).toMatchObject({ version: "2", second: null });
    await write((db) => removeAlias(db, weighted));
    expect(await findAlias(store.db, weighted)).toBeUndefined();
  });

  it("keeps the statements of a policy, and removes them with what they are for", async () => {
    const statement = {
      action: "lambda:InvokeFunction",
      principal: "elasticloadbalancing.amazonaws.com",
      sourceArn: null,
      sourceAccount: null,
    };
    const permission = { functionName: "payments", qualifier: "", statementId: "lb", statement };
    await write((db) => insertPermission(db, permission));
    expect(await isTaken(write((db) => insertPermission(db, permission)))).toBe(true);
    await write((db) => insertPermission(db, { ...permission, qualifier: "live" }));
    expect(await listPermissions(store.db, permission)).toEqual([permission]);
    await write((db) => removeAlias(db, functionAlias()));
    expect(await listPermissions(store.db, { ...permission, qualifier: "live" })).toEqual([]);
    expect(await write((db) => removePermission(db, permission, "lb"))).toBe(true);
    expect(await write((db) => removePermission(db, permission, "lb"))).toBe(false);
  });

  it("removes a function with everything that is its own, and nothing of another one", async () => {
    for (const [functionName, uid] of [
      ["payments", 52_000],
      ["zeta", 52_001],
    ] as const) {
      await write(async (db) => {
        await insertFunction(db, functionRow({ function_name: functionName, uid }));
        await saveVersion(db, functionVersion({ functionName }));
        await saveAlias(db, functionAlias({ functionName }));
        await db
          .insertInto("access_keys")
          .values({
            access_key_id: `AKIA${uid}`,
            secret_access_key: "s",
            role: "function",
            host_id: null,
            function_name: functionName,
            created_at: 0,
          })
          .execute();
      });
    }
    await write((db) => removeFunction(db, "payments"));
    expect(await findFunction(store.db, "payments")).toBeUndefined();
    expect(await findAlias(store.db, functionAlias())).toBeUndefined();
    expect(await listAllVersions(store.db, null, NO_LIMIT)).toHaveLength(1);
    const keys = await store.db.selectFrom("access_keys").select("function_name").execute();
    expect(keys).toEqual([{ function_name: "zeta" }]);
  });

  it("tells who routes invocations when a change can be read, and not before", async () => {
    const changes = new WakeFeed();
    const heard: (string | undefined)[] = [];
    changes.subscribe(() => heard.push("change"));
    await changeFunctions({ store, changes }, async ({ db }) => {
      await saveAlias(db, functionAlias());
      expect(heard).toEqual([]);
    });
    expect(heard).toEqual(["change"]);
  });
});
