import { expect, it } from "vitest";
import { deploymentSearch } from "../pages/deployment/deployment-search.ts";
import { historySearch } from "../pages/history/history-search.ts";
import { isOwnPath } from "./sign-in-target.ts";
import { parseSearch, stringifySearch } from "./url-search.ts";

it("keeps filters in the URL as they are written by hand", () => {
  const text = "?status=Failed&status=Stopped&text=web+shop&host=7";
  const search = historySearch(parseSearch(text));
  expect(search).toEqual({ status: ["Failed", "Stopped"], text: "web shop", host: "7" });
  expect(parseSearch(stringifySearch(search))).toEqual(parseSearch(text));
});

it("leaves out what is undefined or empty, and what a page does not know", () => {
  expect(stringifySearch({ text: "", status: undefined })).toBe("");
  expect(deploymentSearch({ tab: "nothing", line: "-3", target: ["i-1", "i-2"], other: "x" })).toEqual({
    target: "i-2",
  });
  expect(deploymentSearch({ tab: "logs", line: "120" })).toEqual({ tab: "logs", line: 120 });
});

it.each([
  "//elsewhere",
  "/\\elsewhere",
  "https://elsewhere",
  "javascript:alert(1)",
  "/-/sign-in?to=/",
  "",
  "/\t/elsewhere",
])("leads from the sign-in page to no other origin: %j", (path) => expect(isOwnPath(path)).toBe(false));

it("leads from the sign-in page to where one was", () => {
  expect(isOwnPath("/-/deployments/d-1?tab=logs&line=3#x")).toBe(true);
});
