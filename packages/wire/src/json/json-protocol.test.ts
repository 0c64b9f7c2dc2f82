import { CallerFault } from "@sluice/model/caller-fault.ts";
import { InvariantViolation } from "@sluice/model/invariant.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { COMMAND_TABLE } from "../command/command-shapes.ts";
import { CODEDEPLOY_TABLE, type CodeDeployOperations } from "../generated/codedeploy-shapes.ts";
import type { SluiceOperations } from "../sluice/sluice-operations.ts";
import { SLUICE_TABLE } from "../sluice/sluice-shapes.ts";
import {
  isOperation,
  MAX_INPUT_BYTES,
  MAX_INPUT_DEPTH,
  MAX_INPUT_VALUES,
  parseInput,
  parseTarget,
  serialiseFault,
  serialiseOutput,
} from "./json-protocol.ts";

type Name = keyof CodeDeployOperations & string;

function parse(operation: Name, text: string | Uint8Array): unknown {
  const body = typeof text === "string" ? Buffer.from(text) : text;
  return parseInput<CodeDeployOperations, Name>(CODEDEPLOY_TABLE, operation, body);
}

function fault(attempt: () => unknown): CallerFault {
  try {
    attempt();
  } catch (error) {
    if (error instanceof CallerFault) return error;
    throw error;
  }
  throw new Error("was accepted");
}

describe("reading an input", () => {
  it("takes what has its shape", () => {
    const input = {
      applicationName: "shop",
      revision: { revisionType: "S3", s3Location: { bucket: "b", key: "k", bundleType: "zip" } },
      targetInstances: { ec2TagSet: { ec2TagSetList: [[{ Key: "a", Value: "b", Type: "KEY_AND_VALUE" }]] } },
      ignoreApplicationStopFailures: false,
    };
    expect(parse("CreateDeployment", JSON.stringify(input))).toEqual(input);
  });

  it("drops unknown and null members, and null entries", () => {
    const text =
      '{"applicationName":"shop","unknown":{"deep":[1]},"description":null,"tags":[null,{"Key":"a","x":1,"Value":null}]}';
    expect(parse("CreateApplication", text)).toEqual({ applicationName: "shop", tags: [{ Key: "a" }] });
  });

  it("leaves missing members to the operation", () => {
    expect(parse("CreateApplication", "{}")).toEqual({});
    expect(parse("CreateApplication", "")).toEqual({});
  });

  it("reads timestamps as Date, to the millisecond", () => {
    const text = '{"createTimeRange":{"start":1767225600,"end":1767225600.123}}';
    expect(parse("ListDeployments", text)).toEqual({
      createTimeRange: { start: new Date("2026-01-01T00:00:00Z"), end: new Date("2026-01-01T00:00:00.123Z") },
    });
  });

  it.each<[Name, string, string]>([
    ["CreateApplication", '{"tags":[{"Key":1}]}', "tags[0].Key: expected String, got Number"],
    ["CreateApplication", '{"tags":{"Key":"a"}}', "tags: expected List, got Structure"],
    ["CreateApplication", '{"tags":["a"]}', "tags[0]: expected Structure, got String"],
    ["CreateApplication", '{"applicationName":["shop"]}', "applicationName: expected String, got List"],
    ["CreateApplication", '["shop"]', "the request: expected Structure, got List"],
    ["CreateApplication", "null", "the request: expected Structure, got Null"],
    [
      "CreateDeployment",
      '{"ignoreApplicationStopFailures":"true"}',
      "ignoreApplicationStopFailures: expected Boolean, got String",
    ],
    [
      "ListDeployments",
      '{"createTimeRange":{"start":"2026-01-01"}}',
      "createTimeRange.start: expected Timestamp (epoch seconds), got String",
    ],
    ["ListDeployments", '{"createTimeRange":{"start":1e300}}', "createTimeRange.start: expected Timestamp"],
    [
      "ListDeploymentTargets",
      '{"targetFilters":{"TargetStatus":"Failed"}}',
      "targetFilters.TargetStatus: expected List, got String",
    ],
    ["CreateDeploymentConfig", '{"minimumHealthyHosts":{"value":1.5}}', "minimumHealthyHosts.value: expected Integer"],
    [
      "CreateDeploymentConfig",
      '{"minimumHealthyHosts":{"value":3000000000}}',
      "minimumHealthyHosts.value: expected Integer",
    ],
  ])("%s with %s names the place", (operation, text, message) => {
    const refusal = fault(() => parse(operation, text));
    expect(refusal.code).toBe("SerializationException");
    expect(refusal.message).toContain(message);
  });

  it.each(["{", "not json", '{"a":1}}', "\ufeff\ufeff{}"])("refuses %j as JSON", (text) => {
    expect(fault(() => parse("CreateApplication", text)).code).toBe("SerializationException");
  });

  it("refuses bytes that are not UTF-8", () => {
    expect(fault(() => parse("CreateApplication", Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d))).code).toBe(
      "SerializationException",
    );
  });

  it("limits how many values there are, even in unknown members, and counts none in strings", () => {
    const list = (text: string) => Buffer.from(`{"unknown":${text}}`);
    const parse = (body: Buffer) =>
      parseInput<CodeDeployOperations, "ListApplications">(CODEDEPLOY_TABLE, "ListApplications", body);
    const much = MAX_INPUT_VALUES;
    expect(parse(list(JSON.stringify("[{,".repeat(much))))).toEqual({});
    expect(parse(list(`[${"1,".repeat(much - 2)}1]`))).toEqual({});
    for (const text of [`[${"{},".repeat(much)}{}]`, `[${"1,".repeat(much)}1]`, `{${'"a":1,'.repeat(much)}"a":1}`]) {
      expect(() => parse(list(text))).toThrow("values, more than the limit of 200000");
    }
  });

  it("limits depth, even in unknown members, and size", () => {
    const nest = (depth: number) => `{"unknown":${"[".repeat(depth)}${"]".repeat(depth)}}`;
    expect(parse("CreateApplication", nest(MAX_INPUT_DEPTH - 1))).toEqual({});
    expect(fault(() => parse("CreateApplication", nest(MAX_INPUT_DEPTH))).message).toContain(
      `${MAX_INPUT_DEPTH} levels`,
    );
    expect(parse("CreateApplication", `{"description":"${'\\"[{'.repeat(100)}"}`)).toEqual({});
    const large = fault(() => parse("CreateApplication", Buffer.alloc(MAX_INPUT_BYTES + 1, " ")));
    expect(large.code).toBe("RequestEntityTooLargeException");
  });

  it("lets no member or map key reach a prototype", () => {
    const input = parse("ListDeploymentTargets", '{"__proto__":{"a":1},"targetFilters":{"__proto__":["x"]}}') as {
      targetFilters: object;
    };
    expect(Object.getPrototypeOf(input)).toBe(Object.prototype);
    expect(Object.getPrototypeOf(input.targetFilters)).toBe(Object.prototype);
    expect(Object.keys(input.targetFilters)).toEqual(["__proto__"]);
  });

  it("never answers anything but a value or a SerializationException", () => {
    fc.assert(
      fc.property(
        fc.json({ maxDepth: 5 }),
        fc.constantFrom(...(Object.keys(CODEDEPLOY_TABLE) as Name[])),
        (text, operation) => {
          try {
            parse(operation, text);
          } catch (error) {
            expect(error).toMatchObject({ code: "SerializationException" });
          }
        },
      ),
    );
  });
});

describe("writing an output", () => {
  it("writes dates as epoch seconds, drops undefined and what the shape lacks", () => {
    const output = {
      token: "slt_x",
      expiresAt: new Date("2026-01-01T00:00:00.123Z"),
      internal: "never",
    };
    expect(
      serialiseOutput<SluiceOperations, "CreateEnrolmentToken">(SLUICE_TABLE, "CreateEnrolmentToken", output),
    ).toBe('{"token":"slt_x","expiresAt":1767225600.123}');
  });

  it("writes whole seconds without a fraction", () => {
    const output = {
      deploymentInfo: {
        createTime: new Date("2026-01-01T00:00:00Z"),
        deploymentOverview: { Pending: 0 },
        completeTime: undefined,
      },
    };
    expect(serialiseOutput<CodeDeployOperations, "GetDeployment">(CODEDEPLOY_TABLE, "GetDeployment", output)).toBe(
      '{"deploymentInfo":{"createTime":1767225600,"deploymentOverview":{"Pending":0}}}',
    );
  });

  it.each([
    ["a number for a string", { token: 5, expiresAt: new Date() }, "token"],
    ["an invalid date", { token: "t", expiresAt: new Date(Number.NaN) }, "expiresAt"],
  ])("takes %s for a bug of ours", (_, output, member) => {
    const write = () =>
      serialiseOutput<SluiceOperations, "CreateEnrolmentToken">(SLUICE_TABLE, "CreateEnrolmentToken", output as never);
    expect(write).toThrow(InvariantViolation);
    expect(write).toThrow(member);
  });

  it("reads back what it wrote", () => {
    const time = fc.date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true });
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), time, (description, start) => {
        const input = { applicationName: description, createTimeRange: { start } };
        const text = JSON.stringify({ ...input, createTimeRange: { start: start.getTime() / 1000 } });
        expect(parse("ListDeployments", text)).toEqual(input);
      }),
    );
  });
});

describe("the target", () => {
  it("splits at its last dot", () => {
    expect(parseTarget({ "x-amz-target": "CodeDeploy_20141006.ListApplications" })).toEqual({
      prefix: "CodeDeploy_20141006",
      operation: "ListApplications",
    });
  });

  it.each([undefined, "", "ListApplications", ".ListApplications", "CodeDeploy_20141006."])(
    "%j is unknown",
    (target) => {
      expect(fault(() => parseTarget({ "x-amz-target": target })).code).toBe("UnknownOperationException");
    },
  );

  it.each(["Nothing", "toString", "__proto__"])("%s is no operation", (name) => {
    expect(isOperation(CODEDEPLOY_TABLE, name)).toBe(false);
    expect(isOperation(COMMAND_TABLE, name)).toBe(false);
  });
});

it("writes a fault as AWS does", () => {
  const answer = serialiseFault(new CallerFault("ApplicationDoesNotExistException", 'No "shop"'), "request-1");
  expect(answer).toEqual({
    status: 400,
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amzn-requestid": "request-1",
      "x-amzn-errortype": "ApplicationDoesNotExistException",
    },
    body: '{"__type":"ApplicationDoesNotExistException","message":"No \\"shop\\""}',
  });
});
