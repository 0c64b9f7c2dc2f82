import { FUNCTION_TAGS, type FunctionConfiguration } from "../columns/lambda-columns.ts";
import type { FunctionAlias } from "./aliases.ts";
import type { FunctionRow } from "./functions.ts";
import { type FunctionVersion, LATEST } from "./versions.ts";

export function functionRow(change: Partial<FunctionRow> = {}): FunctionRow {
  return {
    function_name: "payments",
    created_at: 0,
    uid: 52_000,
    last_version: 0,
    reserved_concurrency: null,
    tags_json: FUNCTION_TAGS.write([]),
    ...change,
  };
}

export function functionConfiguration(change: Partial<FunctionConfiguration> = {}): FunctionConfiguration {
  return {
    runtime: "nodejs22.x",
    handler: "index.handler",
    role: "arn:aws:iam::111122223333:role/payments",
    description: "",
    timeoutSeconds: 3,
    memoryMegabytes: 128,
    ephemeralStorageMegabytes: 512,
    variables: {},
    ...change,
  };
}

export function functionVersion(change: Partial<FunctionVersion> = {}): FunctionVersion {
  return {
    functionName: "payments",
    version: LATEST,
    codeSha256: "a".repeat(64),
    codeBytes: 300,
    configuration: functionConfiguration(),
    modifiedAt: 0,
    revisionId: "11111111-1111-4111-8111-111111111111",
    ...change,
  };
}

export function functionAlias(change: Partial<FunctionAlias> = {}): FunctionAlias {
  return {
    functionName: "payments",
    aliasName: "live",
    version: "1",
    second: null,
    description: "",
    revisionId: "22222222-2222-4222-8222-222222222222",
    ...change,
  };
}
