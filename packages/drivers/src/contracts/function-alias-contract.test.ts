import type { AliasRouting, AliasShift, FunctionAlias } from "@sluice/engine/ports/function-alias.ts";
import { describe, expect, it } from "vitest";
import { memoryFunctionAlias, newMemoryVersion } from "../memory/memory-function-alias.ts";

/** The function `charge` with the published versions 1, 2, 3 and an alias `live`, which is at `routing`. */
interface World {
  readonly functions: FunctionAlias;
  readonly breakVersion: (version: string, why: string) => void;
  readonly mendVersion: (version: string) => void;
}

const LIVE = { functionName: "charge", aliasName: "live" };
const ALL_ON_1: AliasRouting = { version: "1", second: null };
const never = new AbortController().signal;

function memoryWorld(routing: AliasRouting): World {
  const versions = new Map(["1", "2", "3"].map((version) => [version, newMemoryVersion()]));
  const functions = new Map([["charge", { versions, aliases: new Map([["live", routing]]) }]]);
  return {
    functions: memoryFunctionAlias.create({}, { functions }),
    breakVersion: (version, detail) => versions.set(version, newMemoryVersion({ isActive: false, detail })),
    mendVersion: (version) => versions.set(version, newMemoryVersion()),
  };
}

/** Every driver of the port. */
const DRIVERS: readonly { readonly name: string; readonly createWorld: (routing: AliasRouting) => World }[] = [
  { name: "memory", createWorld: memoryWorld },
];

function to2(percent: number): AliasShift {
  return { currentVersion: "1", targetVersion: "2", percent };
}

describe.each(DRIVERS)("the function alias driver $name", ({ createWorld }) => {
  const routingIn = ({ functions }: World) => functions.describe(LIVE, never);

  it("describes an alias, and no other", async () => {
    const weighted = { version: "1", second: { version: "3", percent: 5 } };
    expect(await routingIn(createWorld(ALL_ON_1))).toEqual(ALL_ON_1);
    expect(await routingIn(createWorld(weighted))).toEqual(weighted);
    const { functions } = createWorld(ALL_ON_1);
    expect(await functions.describe({ ...LIVE, aliasName: "test" }, never)).toBeUndefined();
    expect(await functions.describe({ ...LIVE, functionName: "refund" }, never)).toBeUndefined();
  });

  it("tells published versions from others, and whether they can run", async () => {
    const world = createWorld(ALL_ON_1);
    const inspect = (version: string) => world.functions.inspectVersion(LIVE, version, never);
    expect(await inspect("2")).toMatchObject({ isActive: true, detail: "" });
    expect((await inspect("2"))?.role).toBe((await inspect("1"))?.role);
    expect(await inspect("99")).toBeUndefined();
    world.breakVersion("2", "its image is being pulled");
    expect(await inspect("2")).toMatchObject({ isActive: false, detail: expect.stringContaining("image") });
  });

  it.each([1, 10, 50, 99])("weighs the target version with %i %%, as often as asked", async (percent) => {
    const world = createWorld(ALL_ON_1);
    for (const _ of [1, 2]) {
      expect(await world.functions.shift(LIVE, to2(percent), never)).toEqual({ outcome: "done" });
      expect(await routingIn(world)).toEqual({ version: "1", second: { version: "2", percent } });
    }
  });

  it("ends on the target version alone, and goes back to the current one from any weight", async () => {
    for (const percent of [0, 10, 100]) {
      const world = createWorld(ALL_ON_1);
      await world.functions.shift(LIVE, to2(percent), never);
      for (const _ of [1, 2]) {
        expect(await world.functions.shift(LIVE, to2(100), never)).toEqual({ outcome: "done" });
        expect(await routingIn(world)).toEqual({ version: "2", second: null });
      }
      for (const _ of [1, 2]) {
        expect(await world.functions.shift(LIVE, to2(0), never)).toEqual({ outcome: "done" });
        expect(await routingIn(world)).toEqual(ALL_ON_1);
      }
    }
  });

  it("waits for a version that can not run yet, and leaves the alias until then", async () => {
    const world = createWorld(ALL_ON_1);
    world.breakVersion("2", "provisioned concurrency is being got ready");
    expect(await world.functions.shift(LIVE, to2(10), never)).toMatchObject({
      outcome: "pending",
      detail: expect.stringContaining("provisioned concurrency"),
    });
    expect(await routingIn(world)).toEqual(ALL_ON_1);
    world.mendVersion("2");
    expect(await world.functions.shift(LIVE, to2(10), never)).toEqual({ outcome: "done" });
  });

  it.each<[string, AliasRouting]>([
    ["points to another version", { version: "3", second: null }],
    ["weighs another version", { version: "1", second: { version: "3", percent: 5 } }],
  ])("leaves an alias alone that %s", async (_name, routing) => {
    for (const percent of [0, 10, 100]) {
      const world = createWorld(routing);
      const refusal = await world.functions.shift(LIVE, to2(percent), never);
      expect(refusal).toEqual({ outcome: "failed", reason: expect.stringContaining("3") });
      expect(await routingIn(world)).toEqual(routing);
    }
  });

  it.each([-1, 101, 0.5, Number.NaN])("refuses %d percent", async (percent) => {
    const world = createWorld(ALL_ON_1);
    expect(await world.functions.shift(LIVE, to2(percent), never)).toMatchObject({ outcome: "failed" });
    expect(await routingIn(world)).toEqual(ALL_ON_1);
  });

  it("says no for an alias or a version that is not there", async () => {
    const world = createWorld(ALL_ON_1);
    const failed = { outcome: "failed", reason: expect.stringMatching(/\w/) };
    expect(await world.functions.shift({ ...LIVE, aliasName: "test" }, to2(10), never)).toEqual(failed);
    expect(await world.functions.shift(LIVE, { ...to2(10), targetVersion: "99" }, never)).toEqual(failed);
    expect(await routingIn(world)).toEqual(ALL_ON_1);
  });

  it("does not begin when it was told to stop", async () => {
    const world = createWorld(ALL_ON_1);
    const stopped = AbortSignal.abort();
    await expect(world.functions.describe(LIVE, stopped)).rejects.toThrow();
    await expect(world.functions.inspectVersion(LIVE, "1", stopped)).rejects.toThrow();
    await expect(world.functions.shift(LIVE, to2(10), stopped)).rejects.toThrow();
    expect(await routingIn(world)).toEqual(ALL_ON_1);
  });
});
