import { expect, test } from "vitest";
import { collectTag, parseDuration, parseListenAddress, parsePositiveInteger } from "./options.ts";

test("tags are collected, and their values may hold anything", () => {
  const first = collectTag("Environment=prod");
  expect(collectTag("Note=a=b", first)).toEqual([
    { Key: "Environment", Value: "prod" },
    { Key: "Note", Value: "a=b" },
  ]);
  expect(collectTag("Empty=")).toEqual([{ Key: "Empty", Value: "" }]);
  expect(() => collectTag("=prod")).toThrow('"=prod" is not Key=Value');
  expect(() => collectTag("prod")).toThrow("is not Key=Value");
});

test.each([
  ["90s", 90],
  ["15m", 900],
  ["1h", 3600],
  ["7d", 604_800],
])("the duration %s is %d seconds", (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});

test.each(["", "0", "-1h", "1.5h", "1 h", "h", "1w"])("%j is no duration", (text) => {
  expect(() => parseDuration(text)).toThrow("is not a duration");
});

test("a duration without a unit is refused with those that it may have", () => {
  expect(() => parseDuration("5")).toThrow('"5" has no unit: give 5s, 5m, 5h or 5d');
});

test.each(["127.0.0.1:99999", "localhost:123456789"])("%s has a port that is too high", (text) => {
  expect(() => parseListenAddress(text)).toThrow(/^the port \d+ in ".*" is above 65535: give one such as 7450$/);
});

test.each([
  ["127.0.0.1:7450", { host: "127.0.0.1", port: 7450 }],
  ["localhost:0", { host: "localhost", port: 0 }],
  ["[::1]:80", { host: "::1", port: 80 }],
])("%s is an address to listen on", (text, address) => {
  expect(parseListenAddress(text)).toEqual(address);
});

test.each(["7450", ":7450", "localhost", "::1:80", "host:1x"])("%j is no address to listen on", (text) => {
  expect(() => parseListenAddress(text)).toThrow("is not HOST:PORT");
});

test("a count is a whole number of at least 1", () => {
  expect(parsePositiveInteger("10")).toBe(10);
  for (const text of ["0", "-1", "1.5", "ten", ""]) expect(() => parsePositiveInteger(text)).toThrow("at least 1");
});
