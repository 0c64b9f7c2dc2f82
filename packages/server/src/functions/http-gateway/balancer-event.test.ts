import { describe, expect, it } from "vitest";
import { balancerEvent, type EventRules, type ReceivedRequest } from "./balancer-event.ts";

/** The form of events is AWS's, in "Receive events from the load balancer" and "Multi-value headers" of its guide. */
const RULES: EventRules = {
  targetGroupArn:
    "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/lambda-279XGJDqGZ5rsrHC2Fjr/49e9d65c45c6791a",
  isMultiValue: false,
  secretHeader: "x-sluice-gateway",
  newTraceId: () => "1-5bdb40ca-556d8b0c50dc66f0511bf520",
};
const FORWARDED = ["X-Forwarded-Proto", "https"];

function eventOf(request: Partial<ReceivedRequest>, rules: Partial<EventRules> = {}) {
  const whole = { method: "GET", target: "/", rawHeaders: FORWARDED, body: Buffer.alloc(0), ...request };
  return balancerEvent(whole, { ...RULES, ...rules }) as {
    readonly path: string;
    readonly queryStringParameters: Record<string, string>;
    readonly headers: Record<string, string>;
    readonly multiValueHeaders: Record<string, string[]>;
    readonly multiValueQueryStringParameters: Record<string, string[]>;
    readonly body: string;
    readonly isBase64Encoded: boolean;
  };
}

describe("the event of a request", () => {
  it("is AWS's", () => {
    const rawHeaders = [
      ...[
        "Host",
        "lambda-846800462-us-east-2.elb.amazonaws.com",
        "User-Agent",
        "Mozilla/5.0",
        "Content-Type",
        "text/plain",
      ],
      ...["Cookie", "cookies", "X-Forwarded-For", "72.21.198.66", "X-Forwarded-Port", "443", ...FORWARDED],
      ...["X-Sluice-Gateway", "secret", "Connection", "keep-alive"],
    ];
    const target = "/hello?name=J%C3%BCrgen&flag&a=b=c&&name=second";
    expect(eventOf({ method: "POST", target, rawHeaders, body: Buffer.from("request_bödy") })).toEqual({
      requestContext: { elb: { targetGroupArn: RULES.targetGroupArn } },
      httpMethod: "POST",
      path: "/hello",
      queryStringParameters: { name: "second", flag: "", a: "b=c" },
      headers: {
        host: "lambda-846800462-us-east-2.elb.amazonaws.com",
        "user-agent": "Mozilla/5.0",
        "content-type": "text/plain",
        cookie: "cookies",
        "x-forwarded-for": "72.21.198.66",
        "x-forwarded-port": "443",
        "x-forwarded-proto": "https",
        "x-amzn-trace-id": "Root=1-5bdb40ca-556d8b0c50dc66f0511bf520",
      },
      body: "request_bödy",
      isBase64Encoded: false,
    });
  });

  it("has lists where the attribute says so, and else the last value", () => {
    const rawHeaders = [...FORWARDED, "Accept", "a", "accept", "b"];
    const lists = eventOf({ target: "/?k=1&k=%32&j=", rawHeaders }, { isMultiValue: true });
    expect(lists.multiValueHeaders).toMatchObject({ accept: ["a", "b"], "x-forwarded-proto": ["https"] });
    expect(lists.multiValueQueryStringParameters).toEqual({ k: ["1", "%32"], j: [""] });
    expect(lists).not.toHaveProperty("headers");
    expect(lists).not.toHaveProperty("queryStringParameters");
    expect(eventOf({ target: "/?k=1&k=%32", rawHeaders })).toMatchObject({
      headers: { accept: "b" },
      queryStringParameters: { k: "%32" },
    });
  });

  it("has the balancer's address behind those that the client sent, in one value", () => {
    const rawHeaders = [...FORWARDED, "x-forwarded-for", "203.0.113.7", "X-Forwarded-For", "192.0.2.1"];
    expect(eventOf({ rawHeaders }).headers["x-forwarded-for"]).toBe("203.0.113.7, 192.0.2.1");
    expect(eventOf({ rawHeaders }, { isMultiValue: true }).multiValueHeaders["x-forwarded-for"]).toEqual([
      "203.0.113.7, 192.0.2.1",
    ]);
  });

  it("has nothing of the connection, of what it names, and of the gateway", () => {
    const rawHeaders = [
      ...[...FORWARDED, "Connection", "close, X-Hop", "X-Hop", "1", "TE", "trailers", "Transfer-Encoding", "chunked"],
      ...["Keep-Alive", "1", "Proxy-Authorization", "x", "Trailer", "x", "x-sluice-gateway", "secret"],
    ];
    expect(Object.keys(eventOf({ rawHeaders }).headers)).toEqual(["x-forwarded-proto", "x-amzn-trace-id"]);
  });

  it("goes on with the trace that a client began", () => {
    const traced = (value: string) =>
      eventOf({ rawHeaders: [...FORWARDED, "X-Amzn-Trace-Id", value] }).headers["x-amzn-trace-id"];
    const root = "Root=1-67891233-abcdef012345678912345678";
    expect(traced(`${root};Self=old`)).toBe(`Self=${RULES.newTraceId()};${root}`);
    expect(traced("CalledFrom=app")).toBe(`Root=${RULES.newTraceId()};CalledFrom=app`);
  });

  it.each([
    ["text/html; charset=utf-8", "", "plain", false],
    ["application/json", "", "plain", false],
    ["application/javascript", "", "plain", false],
    ["Application/XML", "", "plain", false],
    ["application/octet-stream", "", "plain", true],
    ["application/json", "gzip", "plain", true],
    ["", "", "plain", true],
    ["image/png", "", "", false],
    ["text/plain", "", "\xff", true],
  ])("of %j with the encoding %j and the body %j is in base64: %s", (type, encoding, body, isBase64Encoded) => {
    const rawHeaders = [
      ...FORWARDED,
      ...(type === "" ? [] : ["Content-Type", type]),
      ...(encoding === "" ? [] : ["Content-Encoding", encoding]),
    ];
    const bytes = Buffer.from(body, "latin1");
    const event = eventOf({ rawHeaders, body: bytes });
    expect(event.isBase64Encoded).toBe(isBase64Encoded);
    expect(Buffer.from(event.body, isBase64Encoded ? "base64" : "utf8")).toEqual(bytes);
  });

  it("has a path in whichever form the client sent it", () => {
    expect(eventOf({ target: "http://here:80/a%20b?x=1" })).toMatchObject({ path: "/a%20b" });
    expect(eventOf({ target: "http://here?x=1" })).toMatchObject({ path: "/", queryStringParameters: { x: "1" } });
    expect(eventOf({ method: "OPTIONS", target: "*" }).path).toBe("*");
  });

  it("keeps names that mean something to JavaScript", () => {
    const { queryStringParameters } = eventOf({ target: "/?__proto__=x&constructor=y" });
    expect(JSON.stringify(queryStringParameters)).toBe('{"__proto__":"x","constructor":"y"}');
  });

  it("is AWS's for a health check", () => {
    const rawHeaders = ["Host", "localhost", "User-Agent", "ELB-HealthChecker/2.0", "x-sluice-gateway", "secret"];
    expect(eventOf({ rawHeaders })).toEqual({
      requestContext: { elb: { targetGroupArn: RULES.targetGroupArn } },
      httpMethod: "GET",
      path: "/",
      queryStringParameters: {},
      headers: { "user-agent": "ELB-HealthChecker/2.0" },
      body: "",
      isBase64Encoded: false,
    });
  });
});
