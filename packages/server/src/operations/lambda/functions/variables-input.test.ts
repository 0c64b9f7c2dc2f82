import { PLACES, PLAN } from "@sluice/drivers/function-processes/function-variables.fixture.ts";
import { functionVariables } from "@sluice/drivers/function-processes/function-variables.ts";
import { expect, it } from "vitest";
import { readVariables } from "./variables-input.ts";

it("refuses what the runner sets, but for what a function may choose", () => {
  const names = Object.keys(functionVariables(PLAN, PLACES));
  const variables = Object.fromEntries(names.map((name) => [name, "own"]));
  const given = functionVariables({ ...PLAN, variables }, PLACES);
  const mayChoose = names.filter((name) => given[name] === "own");
  expect(mayChoose).toEqual(expect.arrayContaining(["AWS_ENDPOINT_URL", "AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"]));
  expect(readVariables(Object.fromEntries(mayChoose.map((name) => [name, "own"])))).toBeDefined();
  for (const name of names.filter((each) => !mayChoose.includes(each))) {
    expect(() => readVariables({ [name]: "own" })).toThrow(`Reserved keys used in this request: ${name}`);
  }
});

it.each(["OPTIND", "UID", "PPID", "SHELLOPTS", "RANDOM", "SECONDS", "LINENO", "SHLVL"])(
  "refuses the name %s, which no shell hands on as it is",
  (name) => {
    expect(() => readVariables({ AB: "1", [name]: "1" })).toThrow(
      `Environment.Variables has the name ${name}, which the shell that starts functions keeps for itself: give it another name.`,
    );
  },
);

it("takes names that shells know, and hand on", () => {
  const variables = { PATH: "", IFS: "2", PWD: "/", ENV: "x", BASH_ENV: "x", PS4: "$(id)", LD_PRELOAD: "x.so" };
  expect(readVariables(variables)).toBe(variables);
});
