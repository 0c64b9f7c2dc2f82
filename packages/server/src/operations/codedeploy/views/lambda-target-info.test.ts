import { memoryFunctionAlias, newMemoryVersion } from "@sluice/drivers/memory/memory-function-alias.ts";
import type { AliasRouting, FunctionAlias, LambdaAlias } from "@sluice/engine/ports/function-alias.ts";
import { lambdaTarget } from "@sluice/engine/target.fixture.ts";
import { describe, expect, it } from "vitest";
import { liveLambdaAliases } from "../../../platforms/lambda-aliases.ts";
import { lambdaFunctionInfo } from "./lambda-target-info.ts";

const TARGET = lambdaTarget("charge", {
  functionName: "charge",
  aliasName: "live",
  currentVersion: "1",
  targetVersion: "2",
  shift: { step: 1, percent: 10, changedAt: 0, asked: null },
});

const ALIAS = { functionName: "charge", aliasName: "live" };

/** Aliases of the function `charge`, by name. */
function live(...aliases: readonly (readonly [string, AliasRouting])[]) {
  const charge = { versions: new Map([["1", newMemoryVersion()]]), aliases: new Map(aliases) };
  const functions = new Map([["charge", charge]]);
  return liveLambdaAliases({ functionAlias: memoryFunctionAlias.create({}, { functions }) }, () => 0);
}

describe("a function's alias, as its deployment shows it", () => {
  it.each<[string, AliasRouting, number]>([
    ["is weighted by the deployment", { version: "1", second: { version: "2", percent: 10 } }, 0.1],
    ["was weighted by hand", { version: "1", second: { version: "2", percent: 60 } }, 0.6],
    ["was weighted by hand the other way round", { version: "2", second: { version: "1", percent: 25 } }, 0.75],
    ["is the old version's", { version: "1", second: null }, 0],
    ["is the new version's", { version: "2", second: null }, 1],
    ["is another version's", { version: "7", second: null }, 0],
  ])("%s", async (_, routing, targetVersionWeight) => {
    expect(await lambdaFunctionInfo(TARGET, ALIAS, live(["live", routing]))).toEqual({
      functionName: "charge",
      functionAlias: "live",
      currentVersion: "1",
      targetVersion: "2",
      targetVersionWeight,
    });
  });

  it("gives nothing to a version when it is gone", async () => {
    expect(await lambdaFunctionInfo(TARGET, ALIAS, live())).toMatchObject({ targetVersionWeight: 0 });
  });

  it("has the weight that the deployment set last where nobody can say, and when the deployment has ended", async () => {
    const set = { targetVersionWeight: 0.1 };
    expect(
      await lambdaFunctionInfo(
        TARGET,
        ALIAS,
        liveLambdaAliases({}, () => 0),
      ),
    ).toMatchObject(set);
    const later = live(["live", { version: "3", second: null }]);
    expect(await lambdaFunctionInfo(TARGET, null, later)).toMatchObject(set);
  });

  it("is asked for by its group's role, and once a second whatever the role", async () => {
    const asked: LambdaAlias[] = [];
    const memory = memoryFunctionAlias.create({}, { functions: new Map() });
    const functionAlias: FunctionAlias = {
      ...memory,
      describe: async (alias) => {
        asked.push(alias);
        return { version: "1", second: null };
      },
    };
    const aliases = liveLambdaAliases({ functionAlias }, () => 0);
    for (const role of ["one", "two"]) {
      const alias = { ...ALIAS, serviceRoleArn: `arn:aws:iam::111122223333:role/${role}` };
      expect(await lambdaFunctionInfo(TARGET, alias, aliases)).toMatchObject({ targetVersionWeight: 0 });
    }
    expect(asked).toEqual([{ ...ALIAS, serviceRoleArn: "arn:aws:iam::111122223333:role/one" }]);
  });
});
