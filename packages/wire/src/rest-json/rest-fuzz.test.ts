import { CallerFault } from "@sluice/model/caller-fault.ts";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Shape } from "../shapes/shape.ts";
import { LAMBDA_SERVICE } from "./lambda-service.ts";
import { membersOfBody, readRestInput } from "./rest-call.ts";
import { RestRoutes } from "./rest-routes.ts";

const RUNS = 2_000;
const routes = new RestRoutes(LAMBDA_SERVICE);
const OPERATIONS = Object.keys(LAMBDA_SERVICE.http);

const text = fc.oneof(
  fc.string({ minLength: 1 }),
  fc.constantFrom("a/b", "..", ".", "%2F", "a b", "ä", "😀", "?", "#", "&=+", "__proto__", "$LATEST"),
);

/** A value of the shape as a client has it. */
function valueIn(shape: Shape): fc.Arbitrary<unknown> {
  switch (shape.kind) {
    case "string":
      return text;
    case "boolean":
      return fc.boolean();
    case "integer":
      return fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
    case "long":
      return fc.maxSafeInteger();
    case "double":
      return fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
    case "timestamp":
      return fc.date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true });
    case "blob":
      return fc.uint8Array().map((bytes) => Buffer.from(bytes));
    case "list":
      return fc.array(valueIn(shape.member), { minLength: 1, maxLength: 4 });
    case "map":
      return fc.dictionary(text, valueIn(shape.value), { maxKeys: 4 });
    case "structure":
      return fc.record(
        Object.fromEntries(Object.entries(shape.members).map(([name, member]) => [name, valueIn(member)])),
        { requiredKeys: [] },
      );
    default:
      return shape satisfies never;
  }
}

interface Sent {
  readonly operation: string;
  readonly input: Record<string, unknown>;
}

const sent: fc.Arbitrary<Sent> = fc.constantFrom(...OPERATIONS).chain((operation) => {
  const { labels = [], payload } = LAMBDA_SERVICE.http[operation]!.input;
  const { members } = LAMBDA_SERVICE.table[operation]!.input;
  const arbitraries = Object.entries(members).map(([name, member]) => [name, valueIn(member)] as const);
  const requiredKeys = [...labels, ...(payload === undefined ? [] : [payload])];
  return fc
    .record(Object.fromEntries(arbitraries), { requiredKeys } as { requiredKeys: never[] })
    .map((input) => ({ operation, input: input as Record<string, unknown> }));
});

/** As the SDKs write it. */
function request({ operation, input }: Sent) {
  const { method, path, input: places } = LAMBDA_SERVICE.http[operation]!;
  const query = new URLSearchParams();
  for (const [member, parameter] of Object.entries(places.query ?? {})) {
    const value = input[member];
    for (const each of Array.isArray(value) ? value : value === undefined ? [] : [value])
      query.append(parameter, String(each));
  }
  const headers: Record<string, string> = {};
  for (const [member, header] of Object.entries(places.headers ?? {})) {
    if (input[member] !== undefined) headers[header] = String(input[member]);
  }
  const written = path.replaceAll(/\{(\w+)\}/g, (_, member) =>
    // A part that is dots alone would be normalised away.
    encodeURIComponent(String(input[member]).toWellFormed()).replace(/^\.+$/, (dots) => "%2E".repeat(dots.length)),
  );
  const names = Object.keys(membersOfBody(LAMBDA_SERVICE.table[operation]!.input, places));
  const body =
    places.payload === undefined
      ? Buffer.from(JSON.stringify(Object.fromEntries(names.map((name) => [name, input[name]])), base64))
      : (input[places.payload] as Buffer);
  return { method, path: query.size > 0 ? `${written}?${query}` : written, headers, body };
}

function base64(_: string, value: unknown): unknown {
  const bytes = value as { readonly type?: string; readonly data?: readonly number[] } | null;
  return bytes?.type === "Buffer" && bytes.data ? Buffer.from(bytes.data).toString("base64") : value;
}

it("reads what a client writes, in all places", () => {
  fc.assert(
    fc.property(sent, (call) => {
      const { method, path, headers, body } = request(call);
      const route = routes.find(method, path);
      expect(route?.operation).toBe(call.operation);
      const read = readRestInput(LAMBDA_SERVICE, route!, { path, headers, body });
      expect(JSON.stringify(sorted(read))).toBe(JSON.stringify(sorted(call.input)));
    }),
    { numRuns: RUNS, examples: [[{ operation: "TagResource", input: { Resource: "a/b", Tags: { toString: " " } } }]] },
  );
});

/** Members in one order, without those that are undefined. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array || value instanceof Date) return value;
  const members = value as Readonly<Record<string, unknown>>;
  // Names alone are compared: a member may be a tag of the name toString, and what holds it has no text.
  const names = Object.keys(members).filter((name) => members[name] !== undefined);
  return Object.fromEntries(names.sort().map((name) => [name, sorted(members[name])]));
}

it("answers a CallerFault, or reads, whatever comes", () => {
  const part = fc.oneof(
    text.map((value) => encodeURIComponent(value.toWellFormed())),
    fc.constantFrom("%", "%zz", "%c0%af", "..", ".", "", "functions", "2015-03-31", "invocations", "aliases", "a%00"),
    fc.string(),
  );
  const path = fc.oneof(
    fc.array(part, { maxLength: 6 }).map((parts) => `/${parts.join("/")}`),
    fc.tuple(part, part).map(([name, query]) => `/2015-03-31/functions/${name}?Qualifier=${query}&MaxItems=${name}`),
    fc.tuple(part, part).map(([name, alias]) => `/2015-03-31/functions/${name}/aliases/${alias}`),
  );
  const body = fc.oneof(
    fc.uint8Array(),
    fc.json().map(Buffer.from),
    fc.constant(Buffer.from('{"Code":{"ZipFile":7}}')),
  );
  const method = fc.constantFrom("GET", "POST", "PUT", "DELETE", "PATCH", "\u0000");
  let read = 0;
  fc.assert(
    fc.property(method, path, body, (verb, url, bytes) => {
      const route = routes.find(verb, url);
      if (!route?.isServed) return;
      try {
        readRestInput(LAMBDA_SERVICE, route, { path: url, headers: { "x-amz-log-type": "\u0000" }, body: bytes });
      } catch (error) {
        expect(error).toBeInstanceOf(CallerFault);
      }
      read += 1;
    }),
    { numRuns: RUNS },
  );
  expect(read).toBeGreaterThan(0);
});
