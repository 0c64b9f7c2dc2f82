import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { DEFAULT_FUNCTION_CONCURRENCY, FUNCTION_SETTINGS, readFunctionSettings } from "./function-settings.ts";

const read = (settings: Readonly<Record<string, unknown>>) =>
  readFunctionSettings(v.parse(FUNCTION_SETTINGS, settings));

describe("the settings of functions", () => {
  it("may all be left out, which isolates", () => {
    expect(read({})).toEqual({
      python: null,
      uids: { first: 52_000, last: 52_999 },
      isolation: "required",
      concurrency: DEFAULT_FUNCTION_CONCURRENCY,
      idleMilliseconds: 300_000,
      roles: {},
      folders: [],
      ignoresAwsOnly: false,
    });
  });

  it("lead from roles to what their functions may call", () => {
    const roles = { "shop-hook": ["lambda:InvokeFunction"], "arn:aws:iam::111122223333:role/other": [] };
    expect(read({ roles, uids: "70000-70000", isolation: "none", awsOnly: "ignore" })).toMatchObject({
      roles,
      uids: { first: 70_000, last: 70_000 },
      isolation: "none",
      ignoresAwsOnly: true,
    });
  });

  it.each([
    [{ python: "python3" }, 'is "python3": give the whole path'],
    [{ uids: "52000" }, "give the first and the last user"],
    [{ uids: "52999-52000" }, "ends before it begins"],
    [{ uids: "0-100" }, "give users from 10000"],
    [{ uids: "60000-66000" }, "leave that one out"],
    [{ uids: "100000-900000" }, "of more than 100000 users"],
    [{ isolation: "some" }, "is neither required nor none"],
    [{ concurrency: 0 }, "give a number from 1 to 1000"],
    [{ idleSeconds: 0 }, "give a number from 1 to 86400"],
    [{ roles: ["a"] }, "is not a mapping"],
    [{ roles: { a: "lambda:InvokeFunction" } }, "is not a list"],
    [{ roles: { a: ["InvokeFunction"] } }, "name an action with its service"],
    [{ roles: { a: ["lambda:*"] } }, "name an action with its service"],
    [{ folders: ["opt"] }, 'has "opt": give the whole path'],
    [{ folders: ["/."] }, "the whole machine"],
    [{ folders: ["/opt", "/tmp/tools/"] }, 'has "/tmp/tools/", where a function sees only its own /tmp/'],
    [{ folders: ["/tmp"] }, "put what it needs elsewhere"],
    [{ awsOnly: "no" }, "is neither refuse nor ignore"],
  ])("are refused: %j", (settings, message) => {
    expect(() => read(settings)).toThrow(message);
  });
});
