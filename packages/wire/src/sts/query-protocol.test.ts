import { CallerFault } from "@sluice/model/caller-fault.ts";
import { XMLParser } from "fast-xml-parser";
import { describe, expect, it } from "vitest";
import { MAX_STS_INPUT_BYTES, parseStsAction, serialiseCallerIdentity, serialiseQueryFault } from "./query-protocol.ts";

const post = (form: string) => ({ method: "POST", path: "/", body: Buffer.from(form) });
const xml = new XMLParser({ parseTagValue: false });

describe("the action", () => {
  it("is read from a form, and from a presigned query", () => {
    expect(parseStsAction(post("Action=GetCallerIdentity&Version=2011-06-15"))).toBe("GetCallerIdentity");
    const path = "/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Expires=60";
    expect(parseStsAction({ method: "GET", path })).toBe("GetCallerIdentity");
  });

  it.each([
    "",
    "Action=AssumeRole&Version=2011-06-15",
    "Action=GetCallerIdentity&Version=2010-01-01",
    "Action=GetCallerIdentity",
  ])("%j is not served", (form) => {
    expect(() => parseStsAction(post(form))).toThrow(expect.objectContaining({ code: "UnknownOperationException" }));
  });

  it("is refused in a large form", () => {
    expect(() => parseStsAction(post("a".repeat(MAX_STS_INPUT_BYTES + 1)))).toThrow(
      expect.objectContaining({ code: "RequestEntityTooLargeException" }),
    );
  });
});

it("answers who calls", () => {
  const identity = { account: "111122223333", arn: "arn:aws:iam::111122223333:user/a&b", userId: "AIDA<1>" };
  const { body, status } = serialiseCallerIdentity(identity, "r-1");
  expect(status).toBe(200);
  expect(xml.parse(body).GetCallerIdentityResponse).toEqual({
    GetCallerIdentityResult: { Arn: identity.arn, UserId: identity.userId, Account: identity.account },
    ResponseMetadata: { RequestId: "r-1" },
  });
});

it.each([
  ["InvalidSignatureException", "SignatureDoesNotMatch", 403, "Sender"],
  ["UnknownOperationException", "InvalidAction", 400, "Sender"],
  ["InternalFailure", "InternalFailure", 500, "Receiver"],
] as const)("writes %s as %s", (fault, code, status, type) => {
  const answer = serialiseQueryFault(new CallerFault(fault, "a < b \u0000"), "r-2");
  expect(answer.status).toBe(status);
  expect(xml.parse(answer.body).ErrorResponse).toEqual({
    Error: { Type: type, Code: code, Message: "a < b \ufffd" },
    RequestId: "r-2",
  });
});
