import { ECS_TABLE } from "@sluice/wire/generated/ecs-shapes.ts";
import { LAMBDA_TABLE } from "@sluice/wire/generated/lambda-shapes.ts";
import { blob, list, string, structure } from "@sluice/wire/shapes/shape.ts";
import { SLUICE_TABLE } from "@sluice/wire/sluice/sluice-shapes.ts";
import { expect, it } from "vitest";
import { toldAnswer } from "./told-answer.ts";
import {
  HIDDEN,
  MAX_AUDIT_PARAMETER_CHARACTERS,
  MAX_AUDIT_TEXT_CHARACTERS,
  toldParameters,
} from "./told-parameters.ts";

it("keeps the names of environment variables and hides their values", () => {
  const input = {
    FunctionName: "pay",
    Environment: { Variables: { DB_PASSWORD: "hush" } },
    Code: { ZipFile: Buffer.from("hush") },
  };
  expect(toldParameters(LAMBDA_TABLE.CreateFunction.input, input)).toEqual({
    FunctionName: "pay",
    Environment: { Variables: { DB_PASSWORD: HIDDEN } },
    Code: { ZipFile: HIDDEN },
  });
  const task = {
    family: "web",
    containerDefinitions: [{ name: "web", environment: [{ name: "TOKEN", value: "hush" }, { value: "hush" }] }],
  };
  expect(toldParameters(ECS_TABLE.RegisterTaskDefinition.input, task)).toEqual({
    family: "web",
    containerDefinitions: [{ name: "web", environment: [{ name: "TOKEN", value: HIDDEN }, HIDDEN] }],
  });
});

it("hides tokens and secrets, also those that nobody has decided on yet", () => {
  const shape = structure({ hostName: string, token: string, masterPassword: string });
  expect(toldParameters(shape, { hostName: "web-1", token: "hush", masterPassword: "hush" })).toEqual({
    hostName: "web-1",
    token: HIDDEN,
    masterPassword: HIDDEN,
  });
});

it("cuts what is large, and says so", () => {
  const shape = structure({ text: string, bytes: blob, many: list(string) });
  const input = {
    text: "x".repeat(5_000),
    bytes: Buffer.alloc(7),
    many: Array.from({ length: 300 }, () => "y".repeat(900)),
  };
  const told = toldParameters(shape, input) as { text: string; bytes: string; many: string[] };
  expect(told.text).toHaveLength(MAX_AUDIT_TEXT_CHARACTERS);
  expect(told.text).toMatch(/… \[cut: 5000 characters\]$/);
  expect(told.bytes).toBe("… [7 bytes]");
  expect(told.many.at(-1)).toBe("… [cut: 300 items]");
  expect(JSON.stringify(told).length).toBeLessThan(2 * MAX_AUDIT_PARAMETER_CHARACTERS);
});

it("tells of an answer what it names, and no secret", () => {
  const output = {
    accessKey: { accessKeyId: "AKIA1", role: "root", createdAt: new Date(0) },
    secretAccessKey: "hush",
  };
  expect(toldAnswer(SLUICE_TABLE.CreateAccessKey.output, output)).toEqual({ accessKey: { accessKeyId: "AKIA1" } });
  expect(toldAnswer(SLUICE_TABLE.CreateEnrolmentToken.output, { token: "hush", expiresAt: new Date(0) })).toBeNull();
});
