import { expect, it } from "vitest";
import { routingOfAlias, updateTo } from "./alias-routing.ts";

it("writes and reads every whole percentage, to the digit", () => {
  for (let percent = 1; percent < 100; percent++) {
    const routing = { version: "1", second: { version: "2", percent } };
    const written = updateTo(routing);
    expect(JSON.stringify(written.RoutingConfig?.AdditionalVersionWeights)).toMatch(/^\{"2":0\.\d{1,2}\}$/);
    expect(routingOfAlias(written)).toEqual(routing);
  }
});

it("writes no second version as an empty map, since none at all would leave the one that is there", () => {
  expect(updateTo({ version: "2", second: null })).toEqual({
    FunctionVersion: "2",
    RoutingConfig: { AdditionalVersionWeights: {} },
  });
});

it("reads a weight of nothing, and an alias without a routing, as all of the traffic", () => {
  const all = { version: "1", second: null };
  expect(routingOfAlias({ FunctionVersion: "1" })).toEqual(all);
  for (const AdditionalVersionWeights of [undefined, {}, { "2": 0 }]) {
    expect(routingOfAlias({ FunctionVersion: "1", RoutingConfig: { AdditionalVersionWeights } })).toEqual(all);
  }
});
