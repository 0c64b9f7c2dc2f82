import { expect, it } from "vitest";
import { keyInToken, listedPage, NAME_AND_NUMBER_KEY, NUMBER_KEY } from "./listed-page.ts";

const tokenOf = (key: string): string =>
  listedPage("List", [key, "more"], { after: null, limit: 2, size: 1 }, (item) => item).token!;

it.each<[string, RegExp | undefined]>([
  ["", undefined],
  ["ä 🙂", undefined],
  ["0", NUMBER_KEY],
  ["web-1_a:12", NAME_AND_NUMBER_KEY],
])("gives back the key %j", (key, form) => {
  expect(keyInToken("List", tokenOf(key), form)).toBe(key);
  expect(keyInToken("ListOthers", tokenOf(key), form)).toBeUndefined();
});

it.each<[string, RegExp | undefined]>([
  ["a\0", undefined],
  ["\ud800", undefined],
  ["zz", NUMBER_KEY],
  ["1e400", NUMBER_KEY],
  ["-1", NUMBER_KEY],
  ["1.5", NUMBER_KEY],
  ["9999999999", NUMBER_KEY],
  ["web", NAME_AND_NUMBER_KEY],
  ["web:zz", NAME_AND_NUMBER_KEY],
  ["web:99999999999999999999", NAME_AND_NUMBER_KEY],
  ["we\0b:1", NAME_AND_NUMBER_KEY],
])("takes no key that the database does not take: %j", (key, form) => {
  expect(keyInToken("List", tokenOf(key), form)).toBeUndefined();
});
