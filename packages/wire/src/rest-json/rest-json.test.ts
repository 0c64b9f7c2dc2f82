import { CallerFault } from "@sluice/model/caller-fault.ts";
import { describe, expect, it } from "vitest";
import { LAMBDA_SERVICE } from "./lambda-service.ts";
import { writeRestAnswer } from "./rest-answer.ts";
import { readRestInput } from "./rest-call.ts";
import { serialiseRestFault } from "./rest-fault.ts";
import { RestRoutes } from "./rest-routes.ts";

const routes = new RestRoutes(LAMBDA_SERVICE);
const FUNCTIONS = "/2015-03-31/functions";

/** The input of a call as a client sends it. */
function read(method: string, path: string, body: string | Uint8Array = "", headers: Record<string, string> = {}) {
  const route = routes.find(method, path);
  if (!route) throw new Error(`nothing is at ${method} ${path}`);
  return readRestInput(LAMBDA_SERVICE, route, { path, headers, body: Buffer.from(body) });
}

function fault(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof CallerFault) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error("it was not refused");
}

describe("a method and a path", () => {
  it.each([
    ["GET", FUNCTIONS, "ListFunctions"],
    ["GET", `${FUNCTIONS}/?MaxItems=1`, "ListFunctions"],
    ["POST", FUNCTIONS, "CreateFunction"],
    ["GET", `${FUNCTIONS}/payments`, "GetFunction"],
    ["DELETE", `${FUNCTIONS}/payments?Qualifier=1`, "DeleteFunction"],
    ["POST", `${FUNCTIONS}/payments/invocations`, "Invoke"],
    ["PUT", `${FUNCTIONS}/payments/aliases/live`, "UpdateAlias"],
    ["DELETE", `${FUNCTIONS}/payments/policy/lb`, "RemovePermission"],
    ["GET", "/2017-03-31/tags/arn%3Aaws%3Alambda%3Aus-east-1%3A1%3Afunction%3Ax", "ListTags"],
    ["PUT", "/2017-10-31/functions/payments/concurrency", "PutFunctionConcurrency"],
    ["GET", "/2019-09-30/functions/payments/concurrency", "GetFunctionConcurrency"],
    ["POST", "/2015-03-31/event-source-mappings", "CreateEventSourceMapping"],
    ["GET", "/2018-10-31/layers", "ListLayers"],
    ["GET", "/2018-10-31/layers?find=LayerVersion", "GetLayerVersionByArn"],
  ])("%s %s is %s", (method, path, operation) => {
    expect(routes.find(method, path)?.operation).toBe(operation);
  });

  it.each([
    ["GET", "/"],
    ["GET", ""],
    ["PATCH", FUNCTIONS],
    ["get", FUNCTIONS],
    ["GET", `/x${FUNCTIONS}`],
    ["GET", `${FUNCTIONS}/payments/x`],
    ["GET", "/2014-11-13/functions"],
    // A signature covers a path without these parts, so that they would mean another call than was signed.
    ["POST", `${FUNCTIONS}//invocations`],
    ["GET", `${FUNCTIONS}/..`],
    ["GET", `${FUNCTIONS}/../functions/payments`],
    ["GET", `${FUNCTIONS}/./payments`],
    ["GET", `/${FUNCTIONS}/payments`],
    ["GET", `${FUNCTIONS}/payments//`],
  ])("%s %s is nothing", (method, path) => {
    expect(routes.find(method, path)).toBeUndefined();
  });
});

describe("an input", () => {
  it("has its members in path, query, headers and body", () => {
    expect(
      read("POST", `${FUNCTIONS}/a%3Alive/invocations?Qualifier=live`, '{"a":[1]}', {
        "x-amz-invocation-type": "Event",
        "x-amz-log-type": "Tail",
      }),
    ).toEqual({
      FunctionName: "a:live",
      Qualifier: "live",
      InvocationType: "Event",
      LogType: "Tail",
      Payload: Buffer.from('{"a":[1]}'),
    });
    expect(read("DELETE", "/2017-03-31/tags/arn?tagKeys=a&tagKeys=b%20c")).toEqual({
      Resource: "arn",
      TagKeys: ["a", "b c"],
    });
    expect(read("GET", `${FUNCTIONS}?MaxItems=5&FunctionVersion=ALL`)).toEqual({ MaxItems: 5, FunctionVersion: "ALL" });
  });

  it("does not look into a payload, whatever it is", () => {
    const bytes = Buffer.from([0xff, 0x00, 0x7b]);
    expect(read("POST", `${FUNCTIONS}/a/invocations`, bytes)).toEqual({ FunctionName: "a", Payload: bytes });
  });

  it("has bytes in base64", () => {
    const zip = Buffer.from("zip").toString("base64");
    expect(read("POST", FUNCTIONS, JSON.stringify({ FunctionName: "a", Code: { ZipFile: zip } }))).toEqual({
      FunctionName: "a",
      Code: { ZipFile: Buffer.from("zip") },
    });
    expect(fault(() => read("POST", FUNCTIONS, '{"Code":{"ZipFile":"!!!!"}}'))).toBe(
      "SerializationException: Code.ZipFile: expected Blob (base64), got other characters",
    );
  });

  it("takes a member from its own place alone", () => {
    const body = JSON.stringify({ FunctionName: "other", Name: "other", FunctionVersion: "2", Unknown: 1 });
    expect(read("PUT", `${FUNCTIONS}/payments/aliases/live`, body)).toEqual({
      FunctionName: "payments",
      Name: "live",
      FunctionVersion: "2",
    });
  });

  it("decodes a path once", () => {
    expect(read("GET", `${FUNCTIONS}/a%252Fb`)).toEqual({ FunctionName: "a%2Fb" });
    expect(read("GET", `${FUNCTIONS}/a%2F..%2Fb`)).toEqual({ FunctionName: "a/../b" });
  });

  it.each<[string, () => unknown, string]>([
    [
      "escapes that are no UTF-8",
      () => read("GET", `${FUNCTIONS}/%ff`),
      "SerializationException: FunctionName: the path",
    ],
    ["half an escape", () => read("GET", `${FUNCTIONS}/%e`), "SerializationException: FunctionName: the path"],
    [
      "a zero character",
      () => read("GET", `${FUNCTIONS}/a%00b`),
      "SerializationException: FunctionName: expected String",
    ],
    ["a number that is none", () => read("GET", `${FUNCTIONS}?MaxItems=many`), "MaxItems: expected Integer"],
    [
      "a number that is too large",
      () => read("GET", `${FUNCTIONS}?MaxItems=99999999999`),
      "MaxItems: expected Integer",
    ],
    ["a parameter twice", () => read("GET", `${FUNCTIONS}/a?Qualifier=1&Qualifier=2`), "Qualifier: it is given more"],
    ["a body that is not JSON", () => read("POST", FUNCTIONS, "{"), "InvalidRequestContentException: Could not parse"],
    ["a body that is a list", () => read("POST", FUNCTIONS, "[]"), "SerializationException: the request: expected Str"],
    ["a member of another type", () => read("POST", FUNCTIONS, '{"Timeout":"3"}'), "Timeout: expected Integer, got St"],
  ])("refuses %s", (_, action, message) => {
    expect(fault(action)).toContain(message);
  });
});

describe("an answer", () => {
  it("has its members in status, headers and body", () => {
    const output = {
      StatusCode: 200,
      ExecutedVersion: "3",
      FunctionError: "Unhandled",
      LogResult: "TG9n",
      Payload: Buffer.from("{}"),
    };
    expect(writeRestAnswer(LAMBDA_SERVICE, "Invoke", output, "r-1")).toEqual({
      status: 200,
      headers: {
        "content-type": "application/json",
        "x-amzn-requestid": "r-1",
        "x-amz-executed-version": "3",
        "x-amz-function-error": "Unhandled",
        "x-amz-log-result": "TG9n",
      },
      body: Buffer.from("{}"),
    });
    expect(writeRestAnswer(LAMBDA_SERVICE, "Invoke", { StatusCode: 202 }, "r-1")).toMatchObject({
      status: 202,
      body: "",
    });
    const made = writeRestAnswer(LAMBDA_SERVICE, "CreateFunction", { FunctionName: "a", Secret: 1 }, "r-1");
    expect(made).toMatchObject({ status: 201, body: '{"FunctionName":"a"}' });
  });

  it("without content has no body, and no type of one", () => {
    const nothing = { status: 204, headers: { "x-amzn-requestid": "r-1" }, body: "" };
    expect(writeRestAnswer(LAMBDA_SERVICE, "DeleteAlias", {}, "r-1")).toEqual(nothing);
    expect(writeRestAnswer(LAMBDA_SERVICE, "DeleteFunction", { StatusCode: 204 }, "r-1")).toEqual(nothing);
  });
});

describe("a fault", () => {
  it.each([
    ["ResourceNotFoundException", 404, "ResourceNotFoundException", "User"],
    ["ResourceConflictException", 409, "ResourceConflictException", "User"],
    ["PreconditionFailedException", 412, "PreconditionFailedException", "User"],
    ["AccessDeniedException", 403, "AccessDeniedException", "User"],
    ["RequestEntityTooLargeException", 413, "RequestTooLargeException", "User"],
    ["UnknownOperationException", 404, "UnknownOperationException", "User"],
    ["InternalFailure", 500, "ServiceException", "Service"],
  ] as const)("%s has status %i and its name %s", (code, status, name, type) => {
    const answer = serialiseRestFault({ code, message: "why" }, "r-1");
    expect(answer).toEqual({
      status,
      headers: { "content-type": "application/json", "x-amzn-requestid": "r-1", "x-amzn-errortype": name },
      body: JSON.stringify({ Type: type, message: "why" }),
    });
  });

  it("says which limit was met, and when to try again", () => {
    const reason = "ConcurrentInvocationLimitExceeded";
    const fault = new CallerFault("TooManyRequestsException", "Rate Exceeded.", { reason });
    const { status, headers, body } = serialiseRestFault(fault, "r-1");
    expect([status, headers["retry-after"]]).toEqual([429, "1"]);
    expect(JSON.parse(String(body))).toEqual({ Reason: reason, Type: "User", message: "Rate Exceeded." });
  });
});
