import type { AliasRouting, AliasShift, FunctionAlias, LambdaAlias } from "@sluice/engine/ports/function-alias.ts";
import { afterEach, describe, expect, it } from "vitest";

/** A function with the published versions 1, 2, 3, all with the same role, and one alias. */
export interface FunctionAliasWorld {
  readonly functions: FunctionAlias;
  /** Of which there is no other function, and no other alias. */
  readonly alias: LambdaAlias;
  /** Somebody else points the alias elsewhere. */
  readonly change: (routing: AliasRouting) => Promise<void>;
  /** The version is not ready to be invoked, for this reason, until it is mended. Null: this provider's versions always are. */
  readonly breakVersion: ((version: string, why: string) => void) | null;
  readonly mendVersion: (version: string) => void;
  readonly close?: () => Promise<void>;
}

const ALL_ON_1: AliasRouting = { version: "1", second: null };
const STOPPED = AbortSignal.abort();
const never = new AbortController().signal;

function to2(percent: number): AliasShift {
  return { currentVersion: "1", targetVersion: "2", percent };
}

/** What every driver of the port does alike. `createWorld` makes a new world for each test, with an alias that routes as it is told. */
export function functionAliasContract(
  name: string,
  createWorld: (routing: AliasRouting) => Promise<FunctionAliasWorld>,
): void {
  describe(`the function alias driver ${name}`, () => {
    const opened: FunctionAliasWorld[] = [];
    const open = async (routing: AliasRouting = ALL_ON_1) => {
      const world = await createWorld(routing);
      opened.push(world);
      const { functions, alias } = world;
      return {
        ...world,
        routing: () => functions.describe(alias, never),
        shift: (shift: AliasShift) => functions.shift(alias, shift, never),
        inspect: (version: string) => functions.inspectVersion(alias, version, never),
      };
    };
    afterEach(async () => {
      for (const world of opened.splice(0)) await world.close?.();
    });

    it("describes an alias, and no other", async () => {
      const { functions, alias, change, routing } = await open();
      expect(await routing()).toEqual(ALL_ON_1);
      const weighted = { version: "1", second: { version: "3", percent: 5 } };
      await change(weighted);
      expect(await routing()).toEqual(weighted);
      expect(await functions.describe({ ...alias, aliasName: "nobody" }, never)).toBeUndefined();
      expect(await functions.describe({ ...alias, functionName: "nobody" }, never)).toBeUndefined();
    });

    it("tells published versions from what else a function can be called by", async () => {
      const { functions, alias, inspect } = await open();
      expect(await inspect("2")).toMatchObject({ isActive: true, detail: "" });
      expect((await inspect("2"))?.role).toBe((await inspect("1"))?.role);
      for (const other of ["99", "$LATEST", alias.aliasName]) expect(await inspect(other)).toBeUndefined();
      expect(await functions.inspectVersion({ ...alias, functionName: "nobody" }, "1", never)).toBeUndefined();
    });

    it("says of a version whether it can be invoked, and why not", async () => {
      const { inspect, breakVersion, mendVersion } = await open();
      if (!breakVersion) return;
      breakVersion("2", "its image is being pulled");
      expect(await inspect("2")).toMatchObject({ isActive: false, detail: expect.stringContaining("image") });
      mendVersion("2");
      expect(await inspect("2")).toMatchObject({ isActive: true, detail: "" });
    });

    // Of most of these 100 times the fraction is not the percentage, in floating-point numbers.
    it.each([1, 7, 10, 14, 29, 50, 57, 58, 99])(
      "gives the target version %i percent, no more and no less",
      async (percent) => {
        const { shift, routing } = await open();
        for (const _ of [1, 2]) {
          expect(await shift(to2(percent))).toMatchObject({ outcome: "done" });
          expect(await routing()).toEqual({ version: "1", second: { version: "2", percent } });
        }
      },
    );

    it.each([0, 10, 100])("ends on the target version alone, and goes back, from %i percent", async (percent) => {
      const { shift, routing } = await open();
      await shift(to2(percent));
      for (const _ of [1, 2]) {
        expect(await shift(to2(100))).toMatchObject({ outcome: "done" });
        expect(await routing()).toEqual({ version: "2", second: null });
      }
      for (const _ of [1, 2]) {
        expect(await shift(to2(0))).toMatchObject({ outcome: "done" });
        expect(await routing()).toEqual(ALL_ON_1);
      }
    });

    it("takes weights of the two versions that somebody else has set for what they are: the wish is the state", async () => {
      const { shift, routing, change } = await open();
      for (const routed of [
        { version: "1", second: { version: "2", percent: 60 } },
        { version: "2", second: { version: "1", percent: 25 } },
        { version: "2", second: null },
      ]) {
        await change(routed);
        expect(await shift(to2(10))).toMatchObject({ outcome: "done" });
        expect(await routing()).toEqual({ version: "1", second: { version: "2", percent: 10 } });
        await change(routed);
        expect(await shift(to2(0))).toMatchObject({ outcome: "done" });
        expect(await routing()).toEqual(ALL_ON_1);
      }
    });

    it("gives no traffic to a version that is not ready, and says why until then", async () => {
      const { shift, routing, breakVersion, mendVersion } = await open();
      if (!breakVersion) return;
      breakVersion("2", "its image is being pulled");
      for (const percent of [10, 100]) {
        expect(await shift(to2(percent))).toMatchObject({
          outcome: "pending",
          detail: expect.stringContaining("its image is being pulled"),
        });
        expect(await routing()).toEqual(ALL_ON_1);
      }
      mendVersion("2");
      expect(await shift(to2(10))).toMatchObject({ outcome: "done" });
    });

    it("goes back to the current version, however the target version is", async () => {
      const { shift, routing, breakVersion } = await open();
      if (!breakVersion) return;
      await shift(to2(10));
      breakVersion("2", "its image is gone");
      expect(await shift(to2(0))).toMatchObject({ outcome: "done" });
      expect(await routing()).toEqual(ALL_ON_1);
    });

    it.each<[string, AliasRouting]>([
      ["points to another version", { version: "3", second: null }],
      ["weighs another version", { version: "1", second: { version: "3", percent: 5 } }],
    ])("leaves an alias alone that %s", async (_name, changed) => {
      const { shift, routing, change } = await open();
      await shift(to2(10));
      await change(changed);
      for (const percent of [0, 10, 100]) {
        const refusal = await shift(to2(percent));
        expect(refusal).toMatchObject({ outcome: "failed", reason: expect.stringContaining("version 3") });
        expect(await routing()).toEqual(changed);
      }
    });

    it.each([-1, 101, 0.5, Number.NaN])("refuses %d percent", async (percent) => {
      const { shift, routing } = await open();
      expect(await shift(to2(percent))).toMatchObject({ outcome: "failed" });
      expect(await routing()).toEqual(ALL_ON_1);
    });

    it("says no for a function, an alias or a version that is not there", async () => {
      const { functions, alias, shift, routing } = await open();
      const failed = { outcome: "failed", reason: expect.stringMatching(/\w/) };
      for (const other of [{ aliasName: "nobody" }, { functionName: "nobody" }]) {
        expect(await functions.shift({ ...alias, ...other }, to2(10), never)).toMatchObject(failed);
      }
      for (const percent of [10, 100]) {
        expect(await shift({ ...to2(percent), targetVersion: "99" })).toMatchObject(failed);
      }
      expect(await routing()).toEqual(ALL_ON_1);
    });

    it("does not begin when it was told to stop", async () => {
      const { functions, alias, routing } = await open();
      await expect(functions.describe(alias, STOPPED)).rejects.toThrow();
      await expect(functions.inspectVersion(alias, "1", STOPPED)).rejects.toThrow();
      await expect(functions.shift(alias, to2(10), STOPPED)).rejects.toThrow();
      expect(await routing()).toEqual(ALL_ON_1);
    });
  });
}
