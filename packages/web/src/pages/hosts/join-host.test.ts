import { isLoopbackUrl } from "@sluice/model/loopback-url.ts";
import { expect, it } from "vitest";
import { parseTags } from "./tag-text.ts";
import { parseLife } from "./token-life.ts";

it("knows the addresses that no other machine reaches", () => {
  expect(["http://localhost:1", "http://127.0.0.1:1", "http://[::1]:1"].every(isLoopbackUrl)).toBe(true);
  expect(isLoopbackUrl("https://deploy.example.com")).toBe(false);
});

it("reads tags line by line", () => {
  expect(parseTags("App=shop\n\n Env = a=b \nOld")).toEqual({
    tags: [
      { Key: "App", Value: "shop" },
      { Key: "Env", Value: "a=b" },
      { Key: "Old", Value: "" },
    ],
  });
  expect(parseTags("App=shop\n=web")).toEqual({ problem: expect.stringContaining("no key") });
});

it("reads how long a token lives", () => {
  expect(["15m", "1h", " 7d "].map(parseLife)).toEqual([900, 3600, 604_800]);
  expect(["", "h", "0h", "400d", "1w"].map(parseLife)).toEqual([undefined, undefined, undefined, undefined, undefined]);
});
