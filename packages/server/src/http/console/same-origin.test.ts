import type { IncomingMessage } from "node:http";
import { expect, it } from "vitest";
import { consoleDoor } from "./console-door.ts";
import { requireSameOrigin } from "./same-origin.ts";
import { readCookies, sessionCookies, writeCookie } from "./session-cookie.ts";

const request = (headers: Record<string, string>, url = "/", method = "GET") =>
  ({ headers, url, method }) as unknown as IncomingMessage;

it.each([
  ["http://127.0.0.1:8080", {}, true],
  ["http://127.0.0.1:8080", { origin: "http://127.0.0.1:8080", "sec-fetch-site": "same-origin" }, true],
  ["https://deploy.example", { origin: "https://deploy.example" }, true],
  // Browsers leave a scheme's own port out; a proxy may pass it on.
  ["https://deploy.example:443", { origin: "https://deploy.example" }, true],
  ["http://[::1]:8080", { origin: "http://[::1]:8080" }, true],
  ["https://deploy.example", { origin: "http://deploy.example" }, false],
  ["http://127.0.0.1:8080", { origin: "http://127.0.0.1:8081" }, false],
  ["http://127.0.0.1:8080", { origin: "null" }, false],
  ["http://127.0.0.1:8080", { "sec-fetch-site": "same-site" }, false],
])("at %s %j may call: %s", (endpoint, headers, may) => {
  const check = () => requireSameOrigin(request(headers), endpoint);
  if (may) expect(check).not.toThrow();
  else expect(check).toThrow(expect.objectContaining({ code: "CrossSiteRequestException" }));
});

it("keeps the cookie to TLS where the caller came by it", () => {
  const cookies = sessionCookies("abcd1234");
  expect(writeCookie(cookies, "v", 60, "https://deploy.example")).toBe(
    "sluice-session-abcd1234=v; Path=/; HttpOnly; SameSite=Strict; Max-Age=60; Secure",
  );
  expect(writeCookie(cookies, "v", 60, "http://127.0.0.1:1")).not.toContain("Secure");
});

it("reads the cookies of its name, and of many the first few", () => {
  const cookies = sessionCookies("a");
  expect(readCookies(cookies, undefined)).toEqual([]);
  expect(
    readCookies(cookies, "x=1; sluice-session-b=2; sluice-session-a=3;sluice-session-a = 4; sluice-session-a"),
  ).toEqual(["3", "4"]);
  expect(readCookies(cookies, "sluice-session-a=1; ".repeat(1000))).toHaveLength(3);
});

it.each([
  ["GET", "/", {}, "page"],
  ["HEAD", "/?a=b", {}, "page"],
  ["GET", "/-/deployments/d-1", {}, "page"],
  ["GET", "/-/sessions", {}, "page"],
  ["POST", "/-/session", {}, "session"],
  ["PUT", "/-/api?x", {}, "api"],
  ["GET", "/-/events?notices=1", { "x-sluice-session": "s" }, "events"],
  ["GET", "/-/events", {}, undefined],
  ["GET", "/-/backup", {}, undefined],
  ["POST", "/", {}, undefined],
  ["POST", "/-/deployments", {}, undefined],
  ["GET", "/bucket", {}, undefined],
  ["GET", "/-", {}, undefined],
  ["GET", "/?Action=GetCallerIdentity", {}, undefined],
  ["GET", "/", { "amz-sdk-invocation-id": "1" }, undefined],
  ["GET", "/", { "x-amz-target": "CodeDeploy_20141006.ListApplications" }, undefined],
  ["GET", "/", { authorization: "AWS4-HMAC-SHA256 Credential=x" }, undefined],
  ["POST", "/-/api", { authorization: "Basic x" }, undefined],
  ["GET", "/-/hosts?X-Amz-Signature=x", {}, undefined],
] as const)("%s %s with %j is for %s", (method, url, headers, door) => {
  expect(consoleDoor(request(headers, url, method))).toBe(door);
});
