import * as sdk from "@aws-sdk/client-codedeploy";
import { CODEDEPLOY_ERRORS } from "@sluice/wire/generated/codedeploy-shapes.ts";
import { OPERATION_FAULTS } from "@sluice/wire/shapes/codedeploy-constraints.ts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { COMMON_ERRORS } from "./modelled-errors/common-errors.ts";
import { RAISED_ERRORS, UNRAISED_ERRORS } from "./modelled-errors/index.ts";
import { type RaisedError, withIds } from "./modelled-errors/modelled-error.ts";
import { type Stage, startStage } from "./modelled-errors/stage.fixture.ts";
import { RawCaller } from "./raw-caller.fixture.ts";

/** The SDK's classes, by the names of operations and errors. */
const CLASSES = sdk as unknown as Readonly<Record<string, new (input: object) => Error>>;

const CALLERS_AT_ONCE = 8;

let stage: Stage;
let raw: RawCaller;
const raised = new Set<string>();

beforeAll(async () => {
  stage = await startStage();
  raw = new RawCaller(stage.server);
});
afterAll(async () => {
  raw.close();
  await stage.close();
});

it("has a row or a reason for every error of the model, and one of them only", () => {
  const codes = [...new Set(RAISED_ERRORS.map(({ code }) => code)), ...UNRAISED_ERRORS.map(({ code }) => code)];
  expect(codes.toSorted()).toEqual(CODEDEPLOY_ERRORS.toSorted());
});

it.each(RAISED_ERRORS)("$code: $when", async (row) => {
  const { operation, code } = row;
  expect(OPERATION_FAULTS[operation]).toContain(code);
  const error = await refusal(row);
  expect({ code: error.name, message: error.message }).toEqual({ code, message: withIds(row.message, stage.ids) });
  expect(error).toBeInstanceOf(CLASSES[code]);
  raised.add(code);
});

it("raises all that have a row", () => {
  console.log(`errors raised: ${raised.size} of ${CODEDEPLOY_ERRORS.length}`);
  expect(raised.size).toBe(CODEDEPLOY_ERRORS.length - UNRAISED_ERRORS.length);
});

it.each(COMMON_ERRORS.filter(({ call }) => call !== undefined))("$code: $when", async ({ call = {}, ...row }) => {
  const key = call.by === "reader" ? await readerKey() : {};
  const request = raw.sign({ ...call, ...key });
  for (const header of call.without ?? []) delete request.headers[header];
  const { status, text } = await raw.send(request);
  const pattern = row.message.split("…").map(escaped).join(".*");
  expect({ status, ...(JSON.parse(text) as object) }).toEqual({
    status: row.status,
    __type: row.code,
    message: expect.stringMatching(new RegExp(`^${pattern}$`)),
  });
});

/** A text as a pattern that means itself. */
function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}

/** A key that may only read. */
async function readerKey() {
  const input = { role: "read-only", description: "reads" };
  const made = await raw.call({
    target: "Sluice_20261101.CreateAccessKey",
    service: "sluice",
    body: JSON.stringify(input),
  });
  const { accessKey, secretAccessKey } = JSON.parse(made.text) as {
    readonly accessKey: { readonly accessKeyId: string };
    readonly secretAccessKey: string;
  };
  return { accessKeyId: accessKey.accessKeyId, secretAccessKey };
}

async function refusal(row: RaisedError): Promise<Error> {
  if (row.by !== "tireless") return refusalOf(row, stage.client);
  // As many at once as make calls faster than they are given back.
  let throttled: Error | undefined;
  const callers = Array.from({ length: CALLERS_AT_ONCE }, async () => {
    while (!throttled) {
      const error = await refusalOf(row, stage.tireless);
      if (error.name === row.code) throttled = error;
    }
  });
  await Promise.all(callers);
  return throttled!;
}

async function refusalOf({ operation, input }: RaisedError, client: sdk.CodeDeployClient): Promise<Error> {
  const Command = CLASSES[`${operation}Command`]!;
  const command = new Command(placed(input) as object) as unknown as sdk.GetDeploymentCommand;
  return client.send(command).then(
    () => new Error("was accepted"),
    (error: Error) => error,
  );
}

/** The input with the ids in their places. */
function placed(value: unknown): unknown {
  if (typeof value === "string") return withIds(value, stage.ids);
  if (Array.isArray(value)) return value.map(placed);
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, placed(member)]));
}
