import { expect, it } from "vitest";
import { forwardProxyOf, UnusableProxy } from "./forward-proxy.ts";

const PROXY = { https_proxy: "http://proxy.example:3128" };
const through = (url: string, environment: Record<string, string>) => forwardProxyOf(url, { environment })?.url;

it.each([
  [{ https_proxy: "http://p:1" }, "http://p:1/"],
  [{ HTTPS_PROXY: "http://p:1" }, "http://p:1/"],
  [{ https_proxy: "http://p:1", HTTPS_PROXY: "http://q:1" }, "http://p:1/"],
  [{ https_proxy: "p:1" }, "http://p:1/"],
  [{ https_proxy: "https://u:p%40@p" }, "https://u:p%40@p/"],
  [{ https_proxy: "" }, undefined],
  [{ http_proxy: "http://p:1" }, undefined],
  [{}, undefined],
])("%j", (environment, proxy) => {
  expect(through("https://sluice.example:7450/", environment)).toBe(proxy);
});

it.each([
  ["sluice.example", true],
  ["example", true],
  [".example", true],
  ["*.example", true],
  ["other.test, SLUICE.example", true],
  ["sluice.example:7450", true],
  ["sluice.example:443", false],
  ["ice.example", false],
  ["*", true],
  ["", false],
])("no_proxy=%j excepts sluice.example:7450: %s", (no_proxy, isExcepted) => {
  expect(through("https://sluice.example:7450/", { ...PROXY, no_proxy }) === undefined).toBe(isExcepted);
  expect(through("https://sluice.example:7450/", { ...PROXY, NO_PROXY: no_proxy }) === undefined).toBe(isExcepted);
});

it.each([
  ["https://10.1.2.3/", "10.0.0.0/8", true],
  ["https://11.1.2.3/", "10.0.0.0/8", false],
  ["https://10.1.2.3/", "10.1.2.3", true],
  ["https://10.1.2.3:8443/", "10.1.2.3:8443", true],
  ["https://[fd00::1]/", "fd00::/8", true],
  ["https://[fd00::1]/", "fd00::1", true],
  ["https://[fd00::1]:8443/", "[fd00::1]:8443", true],
  ["https://10.1.2.3/", "10.0.0.0/99", false],
  ["https://110.1.2.3/", "10.1.2.3", false],
])("%s with no_proxy=%s: %s", (url, no_proxy, isExcepted) => {
  expect(through(url, { ...PROXY, no_proxy }) === undefined).toBe(isExcepted);
});

it.each(["https://localhost:7450/", "https://127.0.0.9/", "https://[::1]/", "https://a.localhost/"])(
  "asks no proxy for this machine itself: %s",
  (url) => {
    expect(through(url, PROXY)).toBeUndefined();
  },
);

it("has its own settings before the environment's", () => {
  const environment = { ...PROXY, no_proxy: "*" };
  const proxy = "http://own:1";
  expect(forwardProxyOf("https://a.test/", { environment, proxy, noProxy: [] })?.url).toBe("http://own:1/");
  expect(forwardProxyOf("http://a.test/", { environment, proxy, noProxy: ["b.test"] })?.url).toBe("http://own:1/");
  expect(forwardProxyOf("https://b.test/", { environment, proxy, noProxy: ["b.test"] })).toBeUndefined();
  expect(forwardProxyOf("https://b.test/", { environment: PROXY, proxy: "" })).toBeUndefined();
});

it("names a proxy without its password, also one that cannot be used", () => {
  expect(forwardProxyOf("https://a.test/", { environment: { https_proxy: "http://u:secret@p:1" } })?.name).toBe(
    "http://p:1",
  );
  for (const https_proxy of ["socks5://u:secret@p:1", "http://u:secret@:1", "http://u:secret@"]) {
    const ask = () => through("https://a.test/", { https_proxy });
    expect(ask).toThrow(UnusableProxy);
    expect(ask).toThrow(/^https_proxy is not the URL of an HTTP proxy/);
    expect(ask).not.toThrow(/secret/);
  }
});
