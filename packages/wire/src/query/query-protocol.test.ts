import { CallerFault } from "@sluice/model/caller-fault.ts";
import { describe, expect, it } from "vitest";
import { integer, list, string, structure } from "../shapes/shape.ts";
import {
  MAX_QUERY_INPUT_BYTES,
  parseQueryCall,
  serialiseEc2Fault,
  serialiseQueryAnswer,
  serialiseQueryFault,
} from "./query-protocol.ts";
import type { QueryService } from "./query-service.ts";
import { STS_SERVICE } from "./sts-service.ts";

const post = (form: string) => ({ method: "POST", path: "/", body: Buffer.from(form) });

/** A service with more than one operation, and with parameters. */
const SHOP: QueryService = {
  signingName: "shop",
  version: "2026-11-29",
  namespace: "urn:shop",
  hasEmptyResults: false,
  table: {
    Buy: { input: structure({ Names: list(string), Count: integer }), output: structure({ Bought: list(string) }) },
    Leave: { input: structure({}), output: structure({}) },
  },
};

describe("a call", () => {
  it("is read from a form, and from a presigned query", () => {
    const call = { operation: "GetCallerIdentity", input: {} };
    expect(parseQueryCall(STS_SERVICE, post("Action=GetCallerIdentity&Version=2011-06-15"))).toEqual(call);
    const path = "/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Expires=60";
    expect(parseQueryCall(STS_SERVICE, { method: "GET", path })).toEqual(call);
  });

  it("has its parameters in the shape of its operation", () => {
    const form = "Action=Buy&Version=2026-11-29&Names.member.1=a%26b&Names.member.2=c+d&Count=2";
    expect(parseQueryCall(SHOP, post(form))).toEqual({
      operation: "Buy",
      input: { Names: ["a&b", "c d"], Count: 2 },
    });
  });

  it("is refused with the name of the parameter that has not its shape", () => {
    expect(() => parseQueryCall(SHOP, post("Action=Buy&Version=2026-11-29&Count=many"))).toThrow(
      new CallerFault("ValidationException", 'Count: expected Integer, got "many"'),
    );
  });

  it.each([
    ["", "(no Action) for version (no Version)"],
    ["Action=GetFederationToken&Version=2011-06-15", "GetFederationToken for version 2011-06-15"],
    ["Action=GetCallerIdentity&Version=2010-01-01", "GetCallerIdentity for version 2010-01-01"],
    ["Action=GetCallerIdentity", "GetCallerIdentity for version (no Version)"],
    ["Action=constructor&Version=2011-06-15", "constructor for version 2011-06-15"],
  ])("%j is not served", (form, what) => {
    const fault = new CallerFault(
      "UnknownOperationException",
      `Could not find operation ${what}; GetCallerIdentity, AssumeRole of 2011-06-15 are served.`,
    );
    expect(() => parseQueryCall(STS_SERVICE, post(form))).toThrow(fault);
  });

  it("is told all that is served", () => {
    expect(() => parseQueryCall(SHOP, post("Action=Sell"))).toThrow(/; Buy, Leave of 2026-11-29 are served\.$/);
  });

  it("is refused in a large form", () => {
    expect(() => parseQueryCall(STS_SERVICE, post("a".repeat(MAX_QUERY_INPUT_BYTES + 1)))).toThrow(
      new CallerFault("RequestEntityTooLargeException", "The form has 65537 bytes; at most 65536 are read."),
    );
  });
});

describe("an answer, byte by byte", () => {
  const headers = { "content-type": "text/xml", "x-amzn-requestid": "r-1" };

  it("says who calls", () => {
    const identity = { Account: "111122223333", Arn: "arn:aws:iam::111122223333:user/a&b", UserId: "AIDA<1>" };
    expect(serialiseQueryAnswer(STS_SERVICE, "GetCallerIdentity", identity, "r-1")).toEqual({
      status: 200,
      headers,
      body:
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>' +
        "<Arn>arn:aws:iam::111122223333:user/a&amp;b</Arn><UserId>AIDA&lt;1&gt;</UserId><Account>111122223333</Account>" +
        "</GetCallerIdentityResult><ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></GetCallerIdentityResponse>",
    });
  });

  it.each([
    ["Buy", { Bought: ["a", "b"] }, "<BuyResult><Bought><member>a</member><member>b</member></Bought></BuyResult>"],
    ["Buy", { Bought: [] }, "<BuyResult><Bought></Bought></BuyResult>"],
    ["Leave", {}, ""],
  ])("of %s %j", (operation, output, result) => {
    expect(serialiseQueryAnswer(SHOP, operation, output, "r-1").body).toBe(
      `<${operation}Response xmlns="urn:shop">${result}<ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></${operation}Response>`,
    );
  });

  it("without members has a result where its service has empty ones", () => {
    const service = { ...SHOP, hasEmptyResults: true };
    expect(serialiseQueryAnswer(service, "Leave", {}, "r-1").body).toContain("><LeaveResult></LeaveResult><");
  });

  it.each([
    ["InvalidSignatureException", "SignatureDoesNotMatch", 403, "Sender"],
    ["UnknownOperationException", "InvalidAction", 400, "Sender"],
    ["InternalFailure", "InternalFailure", 500, "Receiver"],
  ] as const)("calls the fault %s %s", (fault, code, status, type) => {
    const error = `<Error><Type>${type}</Type><Code>${code}</Code><Message>a &lt; b \ufffd</Message></Error>`;
    expect(serialiseQueryFault(new CallerFault(fault, "a < b \u0000"), "r-1", "urn:shop")).toEqual({
      status,
      headers,
      body: `<ErrorResponse xmlns="urn:shop">${error}<RequestId>r-1</RequestId></ErrorResponse>`,
    });
  });

  it("has no namespace where the service is none of ours", () => {
    expect(serialiseQueryFault(new CallerFault("AccessDeniedException", "no"), "r-1").body).toBe(
      "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error><RequestId>r-1</RequestId></ErrorResponse>",
    );
  });

  it("has another form for EC2", () => {
    expect(serialiseEc2Fault(new CallerFault("AccessDeniedException", "no"), "r-1")).toEqual({
      status: 403,
      headers,
      body: "<Response><Errors><Error><Code>AccessDenied</Code><Message>no</Message></Error></Errors><RequestID>r-1</RequestID></Response>",
    });
  });
});
