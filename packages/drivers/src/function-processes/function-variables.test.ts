import { describe, expect, it } from "vitest";
import { PLACES, PLAN } from "./function-variables.fixture.ts";
import { functionVariables, logStreamOf } from "./function-variables.ts";

describe("the variables of a function", () => {
  it("lead its SDK to this server, whose certificate it trusts", () => {
    expect(functionVariables(PLAN, PLACES)).toMatchObject({
      AWS_ENDPOINT_URL: "https://localhost:7450",
      AWS_CA_BUNDLE: "/b.pem",
      NODE_EXTRA_CA_CERTS: "/c.pem",
      AWS_ACCESS_KEY_ID: "AKID",
      AWS_REGION: "eu-central-1",
    });
    const plain = functionVariables(PLAN, { ...PLACES, endpoint: { url: "http://127.0.0.1:7450", trust: null } });
    expect(plain).not.toHaveProperty("AWS_CA_BUNDLE");
  });

  it("are the function's own, but for what Lambda keeps to itself", () => {
    const variables = {
      AWS_ENDPOINT_URL: "https://other",
      TZ: "Europe/Berlin",
      _HANDLER: "evil.js",
      AWS_ACCESS_KEY_ID: "x",
    };
    expect(functionVariables({ ...PLAN, variables }, PLACES)).toMatchObject({
      AWS_ENDPOINT_URL: "https://other",
      TZ: "Europe/Berlin",
      _HANDLER: "index.handler",
      AWS_ACCESS_KEY_ID: "AKID",
    });
  });

  it("name a log as Lambda does", () => {
    expect(logStreamOf({ version: "$LATEST" }, "0f3c", new Date("2026-11-29T23:59:59Z"))).toBe(
      "2026/11/29/[$LATEST]0f3c",
    );
  });
});
