import { CODEDEPLOY_SIGNING_NAME, CODEDEPLOY_TARGET_PREFIX } from "@sluice/wire/client/clients.ts";
import { ECS_SIGNING_NAME, ECS_TARGET_PREFIX } from "@sluice/wire/client/ecs-service.ts";
import { COMMAND_SIGNING_NAMES, COMMAND_TARGET_PREFIXES } from "@sluice/wire/command/command-api.ts";
import { COMMAND_TABLE } from "@sluice/wire/command/command-shapes.ts";
import { CODEDEPLOY_TABLE } from "@sluice/wire/generated/codedeploy-shapes.ts";
import { ECS_TABLE } from "@sluice/wire/generated/ecs-shapes.ts";
import { ELBV2_SERVICE } from "@sluice/wire/query/elbv2-service.ts";
import type { QueryService } from "@sluice/wire/query/query-service.ts";
import { STS_SERVICE } from "@sluice/wire/query/sts-service.ts";
import { LAMBDA_SERVICE } from "@sluice/wire/rest-json/lambda-service.ts";
import { membersOfBody } from "@sluice/wire/rest-json/rest-call.ts";
import type { RestService } from "@sluice/wire/rest-json/rest-service.ts";
import type { OperationTable } from "@sluice/wire/shapes/shape.ts";
import { SLUICE_SIGNING_NAME, SLUICE_TARGET_PREFIX } from "@sluice/wire/sluice/sluice-api.ts";
import { SLUICE_TABLE } from "@sluice/wire/sluice/sluice-shapes.ts";
import fc from "fast-check";
import type { ServiceName } from "./fuzz-services.fixture.ts";
import { HOSTILE_BODIES, inputLike } from "./fuzz-values.fixture.ts";
import type { SignedCall } from "./raw-caller.fixture.ts";

/** A call before it is signed, with the operation that it means: `codedeploy CreateApplication`. */
export interface FuzzCall {
  readonly service: ServiceName;
  readonly operation: string;
  readonly call: SignedCall;
}

interface JsonFuzz {
  readonly name: ServiceName;
  readonly prefix: string;
  readonly signingName: string;
  readonly table: OperationTable;
}

const JSON_SERVICES: readonly JsonFuzz[] = [
  {
    name: "codedeploy",
    prefix: CODEDEPLOY_TARGET_PREFIX,
    signingName: CODEDEPLOY_SIGNING_NAME,
    table: CODEDEPLOY_TABLE,
  },
  { name: "command", prefix: COMMAND_TARGET_PREFIXES[0], signingName: COMMAND_SIGNING_NAMES[0], table: COMMAND_TABLE },
  { name: "sluice", prefix: SLUICE_TARGET_PREFIX, signingName: SLUICE_SIGNING_NAME, table: SLUICE_TABLE },
  { name: "ecs", prefix: ECS_TARGET_PREFIX, signingName: ECS_SIGNING_NAME, table: ECS_TABLE },
];
const QUERY_SERVICES: readonly { readonly name: ServiceName; readonly service: QueryService }[] = [
  { name: "elbv2", service: ELBV2_SERVICE },
  { name: "sts", service: STS_SERVICE },
];
const REST_SERVICES: readonly { readonly name: ServiceName; readonly service: RestService }[] = [
  { name: "lambda", service: LAMBDA_SERVICE },
];

type Fields = Readonly<Record<string, unknown>>;

function inputOf(service: ServiceName, shape: OperationTable[string]["input"]): fc.Arbitrary<unknown> {
  return fc.oneof(
    inputLike(shape, { service, rightness: "right" }),
    inputLike(shape, { service, rightness: "nearly" }),
  );
}

type Body = string | Buffer;

const hostile: fc.Arbitrary<Body | undefined> = fc.oneof(
  { weight: 9, arbitrary: fc.constant(undefined) },
  {
    weight: 1,
    arbitrary: fc.oneof(
      fc.constantFrom(...HOSTILE_BODIES),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    ),
  },
);

/** One character of a text is left out, changed, or one too many. */
const slip = fc.oneof(
  { weight: 12, arbitrary: fc.constant(undefined) },
  {
    weight: 1,
    arbitrary: fc.record({
      at: fc.nat(),
      put: fc.constantFrom("", ...'{}[]":,\\&=%\0\u00e9'),
      takes: fc.nat({ max: 1 }),
    }),
  },
);

/** Mostly what is written; at times with one character wrong, or something else altogether. */
function bodyOf(written: fc.Arbitrary<string>): fc.Arbitrary<Body> {
  return fc.tuple(written, hostile, slip).map(([text, instead, change]) => {
    if (instead !== undefined) return instead;
    if (change === undefined) return text;
    const at = change.at % (text.length + 1);
    return text.slice(0, at) + change.put + text.slice(at + change.takes);
  });
}

/** By the rules of the query protocol. Scalars that no form can tell from their text are written as text. */
function formText(value: unknown): string {
  const parameters = new URLSearchParams();
  const write = (name: string, each: unknown): void => {
    if (Array.isArray(each)) for (const [index, item] of each.entries()) write(`${name}.member.${index + 1}`, item);
    else if (typeof each === "object" && each !== null) {
      for (const [member, field] of Object.entries(each)) write(name === "" ? member : `${name}.${member}`, field);
    } else if (each !== undefined && name !== "") parameters.append(name, String(each).toWellFormed());
  };
  write("", value);
  return parameters.toString();
}

/** What a header line can have. */
const HEADER_TEXT = /^[\x20-\x7e]{1,1000}$/;

/** Not every object that is made up can be made a text: one may have a `toString` of its own that is none. */
function asText(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** As the SDKs write it. */
function restCall(
  { table, http }: RestService,
  operation: string,
  value: unknown,
  instead: Body | undefined,
): SignedCall {
  const { method, path, input: places } = http[operation]!;
  const { signingName: service } = LAMBDA_SERVICE;
  const input = (typeof value === "object" && value !== null ? value : {}) as Fields;
  const query = new URLSearchParams();
  for (const [member, parameter] of Object.entries(places.query ?? {})) {
    const given = input[member];
    for (const each of Array.isArray(given) ? given : given === undefined ? [] : [given])
      query.append(parameter, asText(each).toWellFormed());
  }
  const headers: Record<string, string> = {};
  for (const [member, header] of Object.entries(places.headers ?? {})) {
    const text = asText(input[member]);
    if (input[member] !== undefined && HEADER_TEXT.test(text)) headers[header] = text;
  }
  const written = path.replaceAll(/\{(\w+)\}/g, (_, member: string) =>
    encodeURIComponent(
      asText(input[member] ?? "hook")
        .toWellFormed()
        .slice(0, 1000),
    ),
  );
  const question = written.includes("?") ? "&" : "?";
  const names = Object.keys(membersOfBody(table[operation]!.input, places));
  const body =
    places.payload === undefined
      ? JSON.stringify(Object.fromEntries(names.map((name) => [name, input[name]])))
      : Buffer.from(asText(input[places.payload] ?? ""), "base64");
  return {
    target: null,
    service,
    method,
    path: query.size > 0 ? `${written}${question}${query}` : written,
    headers: { "content-type": "application/json", ...headers },
    body: instead ?? body,
  };
}

/** An operation that is served, and how its input is written. */
export interface FuzzOperation {
  readonly service: ServiceName;
  readonly operation: string;
  readonly input: OperationTable[string]["input"];
  /** Of what is written in a body alone: its text. */
  readonly textOf?: (value: unknown) => string;
  /** @param body instead of what the value would be in it */
  readonly callOf: (value: unknown, body?: Body) => SignedCall;
}

/** Each of every service. */
export const OPERATIONS: readonly FuzzOperation[] = [
  ...JSON_SERVICES.flatMap(({ name, prefix, signingName, table }) =>
    Object.entries(table).map(([operation, { input }]) =>
      ofText(
        { service: name, operation, input },
        (value) => JSON.stringify(value) ?? "",
        (body) => ({
          target: `${prefix}.${operation}`,
          service: signingName,
          body,
        }),
      ),
    ),
  ),
  ...QUERY_SERVICES.flatMap(({ name, service: { signingName, version, table } }) =>
    Object.entries(table).map(([operation, { input }]) =>
      ofText({ service: name, operation, input }, formText, (form) => ({
        target: null,
        service: signingName,
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: `Action=${operation}&Version=${version}&${typeof form === "string" ? form : form.toString("latin1")}`,
      })),
    ),
  ),
  ...REST_SERVICES.flatMap(({ name, service }) =>
    Object.keys(service.http).map((operation) => ({
      service: name,
      operation,
      input: service.table[operation]!.input,
      callOf: (value: unknown, body?: Body) => restCall(service, operation, value, body),
    })),
  ),
];

function ofText(
  operation: Pick<FuzzOperation, "service" | "operation" | "input">,
  textOf: (value: unknown) => string,
  callWith: (body: Body) => SignedCall,
): FuzzOperation {
  return { ...operation, textOf, callOf: (value, body = textOf(value)) => callWith(body) };
}

/** A call of each operation that is served, of every service. */
export const CALLS: readonly fc.Arbitrary<FuzzCall>[] = OPERATIONS.map(
  ({ service, operation, input, textOf, callOf }) => {
    const value = inputOf(service, input);
    const call = textOf
      ? bodyOf(value.map(textOf)).map((body) => callOf(undefined, body))
      : fc.tuple(value, hostile).map(([each, body]) => callOf(each, body));
    return call.map((each) => ({ service, operation, call: each }));
  },
);
