import { expect, it } from "vitest";
import { proxyException } from "./proxy-exception.ts";

const proxy = "http://proxy:3128";

it.each([
  ["no proxy", {}, undefined],
  ["no proxy, but exceptions", { no_proxy: "a" }, undefined],
  ["a proxy", { http_proxy: proxy }, "127.0.0.1"],
  ["a proxy in capitals", { HTTPS_PROXY: proxy }, "127.0.0.1"],
  ["other exceptions", { ALL_PROXY: proxy, NO_PROXY: "localhost, .corp" }, "localhost,.corp,127.0.0.1"],
  ["the exception in one spelling", { http_proxy: proxy, NO_PROXY: "127.0.0.1" }, "127.0.0.1"],
  ["the exception in both", { http_proxy: proxy, no_proxy: "127.0.0.1,a", NO_PROXY: "127.0.0.1,a" }, undefined],
  ["no host by proxy", { http_proxy: proxy, no_proxy: "*", NO_PROXY: "*" }, undefined],
])("with %s", (_, environment, list) => {
  const expected = list === undefined ? {} : { no_proxy: list, NO_PROXY: list };
  expect(proxyException("127.0.0.1", environment)).toEqual(expected);
});
