import { describe, expect, it } from "vitest";
import { compiledQuery } from "./compiled-query.ts";
import { openStore } from "./open-store.ts";

const setting = compiledQuery((db, { name, atLeast }: { readonly name: string; readonly atLeast: string }) =>
  db
    .selectFrom("settings")
    .select("value")
    .where("value", ">=", atLeast)
    .where("name", "=", name)
    .where("name", "!=", "x"),
);

describe("a compiled query", () => {
  it("puts each value where its stand-in was, in every call, inside and outside of transactions", async () => {
    const store = await openStore({ dataDirectory: ":memory:" });
    await store.write(async ({ db }) => {
      await db
        .insertInto("settings")
        .values([
          { name: "one", value: "1" },
          { name: "two", value: "2" },
        ])
        .execute();
      expect((await setting(db, { name: "one", atLeast: "0" })).rows).toEqual([{ value: "1" }]);
    });
    expect((await setting(store.db, { name: "two", atLeast: "0" })).rows).toEqual([{ value: "2" }]);
    expect((await setting(store.db, { name: "two", atLeast: "3" })).rows).toEqual([]);
    await store.close();
  });

  it("is compiled anew for another database", async () => {
    const stores = await Promise.all([1, 2].map(() => openStore({ dataDirectory: ":memory:" })));
    for (const [index, store] of stores.entries()) {
      await store.write(({ db }) =>
        db
          .insertInto("settings")
          .values({ name: "one", value: `${index}` })
          .execute(),
      );
    }
    for (const [index, store] of stores.entries()) {
      expect((await setting(store.db, { name: "one", atLeast: "" })).rows).toEqual([{ value: `${index}` }]);
      await store.close();
    }
  });
});
