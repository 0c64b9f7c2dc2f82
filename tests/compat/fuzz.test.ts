import { ENUMS } from "@sluice/model/codedeploy-enums.ts";
import { COMMAND_SIGNING_NAMES, COMMAND_TARGET_PREFIXES } from "@sluice/wire/command/command-api.ts";
import { COMMAND_TABLE } from "@sluice/wire/command/command-shapes.ts";
import { CODEDEPLOY_TABLE } from "@sluice/wire/generated/codedeploy-shapes.ts";
import type { OperationTable, Shape } from "@sluice/wire/shapes/shape.ts";
import { SLUICE_SIGNING_NAME, SLUICE_TARGET_PREFIX } from "@sluice/wire/sluice/sluice-api.ts";
import { SLUICE_TABLE } from "@sluice/wire/sluice/sluice-shapes.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DATABASES, openDatabase, whyNoDatabase } from "../installation/databases.fixture.ts";
import { startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { RawCaller } from "./raw-caller.fixture.ts";

/** How long inputs are tried on each store; SLUICE_FUZZ_SECONDS=600 tries longer, by hand. */
const FUZZ_MILLISECONDS = Number(process.env.SLUICE_FUZZ_SECONDS ?? 7) * 1000;
/** A machine that is busy with other things tries little in that time: then it is tried on until all was tried, so long at most. */
const CATCH_UP_MILLISECONDS = 60_000;
/** For all that is not fuzzing. */
const WHOLE_TEST_MILLISECONDS = 120_000;
const CATCH_UP_RUNS = 10;
const MAX_FUZZ_RUNS = 10_000_000;
const CALLS_IN_A_RUN = 25;
/** Of EnrolHost and HostHeartbeat: see docs/reference/limits.md. */
const MAX_SMALLEST_BODY_BYTES = 64 * 1024;

interface Service {
  readonly prefix: string;
  readonly signingName: string;
  readonly table: OperationTable;
}

const SERVICES: readonly Service[] = [
  { prefix: "CodeDeploy_20141006", signingName: "codedeploy", table: CODEDEPLOY_TABLE },
  { prefix: COMMAND_TARGET_PREFIXES[0], signingName: COMMAND_SIGNING_NAMES[0], table: COMMAND_TABLE },
  { prefix: SLUICE_TARGET_PREFIX, signingName: SLUICE_SIGNING_NAME, table: SLUICE_TABLE },
];

const ROLE = "arn:aws:iam::111122223333:role/CodeDeployServiceRole";
const GROUP = { applicationName: "web", deploymentGroupName: "live" };
const REVISION = { revisionType: "S3", s3Location: { bucket: "revisions", key: "app.zip", bundleType: "zip" } };
/** What there is on the server when a run begins. */
const BEGINNING: readonly (readonly [string, object])[] = [
  ["CreateApplication", { applicationName: "web" }],
  [
    "CreateDeploymentConfig",
    { deploymentConfigName: "half", minimumHealthyHosts: { type: "FLEET_PERCENT", value: 50 } },
  ],
  ["CreateDeploymentGroup", { ...GROUP, serviceRoleArn: ROLE }],
  ["RegisterApplicationRevision", { applicationName: "web", revision: REVISION }],
  ["RegisterOnPremisesInstance", { instanceName: "rack-1", iamUserArn: "arn:aws:iam::111122223333:user/rack-1" }],
];

const ARN = "arn:aws:codedeploy:us-east-1:111122223333";
/** Names that the server knows, so that inputs come past the first check. */
const KNOWN = [
  ...["web", "live", "CodeDeployDefault.AllAtOnce", "rack-1", "Fleet", "revisions", "app.zip"],
  ...[`${ARN}:application:web`, `${ARN}:deploymentgroup:web/live`, `${ARN}:instance/rack-1`],
  ...["arn:aws:iam::111122223333:role/CodeDeployServiceRole", "arn:aws:iam::111122223333:user/rack-1"],
  ...["d-000000000:Install:9007199254740991:a:rack-1", "d-000000000:Install:1:a:rack-1"],
  ...Object.values(ENUMS).flat(),
];
const ODD = [
  "",
  " ",
  "\0",
  "\ud800",
  "\udfff",
  "__proto__",
  "'; --",
  "%00",
  "../..",
  "\u202e",
  "😀",
  "a".repeat(100_000),
];
const NUMBERS = [
  0,
  1,
  -1,
  50,
  100,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31),
  2 ** 53,
  1e308,
  0.5,
  8.64e12,
  8.64e12 + 1,
  -1e300,
];

const text = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...KNOWN) },
  { weight: 2, arbitrary: fc.constantFrom(...ODD) },
  { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
);

/** What a member is mostly given, so that inputs come past the checks of names. */
const BY_MEMBER: Readonly<Record<string, readonly unknown[]>> = {
  applicationName: ["web"],
  currentDeploymentGroupName: ["live"],
  deploymentConfigName: ["CodeDeployDefault.AllAtOnce", "half"],
  deploymentGroupName: ["live", "next"],
  deploymentOption: ["WITHOUT_TRAFFIC_CONTROL"],
  deploymentType: ["IN_PLACE"],
  iamUserArn: ["arn:aws:iam::111122223333:user/rack-1"],
  instanceName: ["rack-1"],
  revisionType: ["S3"],
  serviceRoleArn: [ROLE],
  Type: ["KEY_AND_VALUE"],
};

/** JSON of roughly a shape: mostly right, a member left out here, another type there. */
function roughly(shape: Shape, member = ""): fc.Arbitrary<unknown> {
  const likely = BY_MEMBER[member];
  return fc.oneof(
    ...(likely ? [{ weight: 60, arbitrary: fc.constantFrom(...likely) }] : []),
    { weight: 30, arbitrary: rightly(shape) },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  );
}

function rightly(shape: Shape): fc.Arbitrary<unknown> {
  switch (shape.kind) {
    case "string":
      return text;
    case "blob":
      return fc.uint8Array().map((bytes) => Buffer.from(bytes).toString("base64"));
    case "boolean":
      return fc.boolean();
    case "integer":
    case "long":
    case "double":
    case "timestamp":
      return fc.oneof(fc.constantFrom(...NUMBERS), fc.integer({ min: 0, max: 100 }));
    case "list":
      return fc.array(roughly(shape.member), { maxLength: 3 });
    case "map":
      return fc.dictionary(text, roughly(shape.value), { maxKeys: 3 });
    case "structure":
      // JSON leaves out what is undefined.
      return fc.record(
        Object.fromEntries(
          Object.entries(shape.members).map(([name, member]) => [
            name,
            fc.oneof(
              { weight: shape.required.includes(name) ? 1 : 40, arbitrary: fc.constant(undefined) },
              { weight: 10, arbitrary: roughly(member, name) },
            ),
          ]),
        ),
      );
    default: {
      const never: never = shape;
      return never;
    }
  }
}

const call = fc.oneof(
  ...SERVICES.flatMap(({ prefix, signingName, table }) =>
    Object.entries(table).map(([operation, { input }]) =>
      roughly(input).map((value) => ({
        target: `${prefix}.${operation}`,
        service: signingName,
        body: JSON.stringify(value),
      })),
    ),
  ),
);

describe.each(DATABASES)("inputs of roughly the right shapes, on %s", (choice) => {
  it(
    "are served or refused, and never break anything",
    async (context) => {
      const missing = whyNoDatabase(choice);
      context.skip(missing !== null, missing ?? "");
      const database = await openDatabase(choice);
      const server = await startSluiceServer({ databaseUrl: database.url });
      const raw = new RawCaller(server);
      const operations = new Set<string>();
      const served = new Set<string>();
      // What was meant to be tried was tried, and came past the checks at times.
      const operationCount = SERVICES.flatMap(({ table }) => Object.keys(table)).length;
      const wasTried = () => operations.size === operationCount && served.has("CodeDeploy_20141006.GetDeploymentGroup");
      const tryInputs = (limits: Pick<fc.Parameters, "numRuns" | "interruptAfterTimeLimit">) =>
        fc.assert(
          fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: CALLS_IN_A_RUN, size: "max" }), async (calls) => {
            // Some of it may have been deleted by the run before.
            for (const [operation, input] of BEGINNING) {
              expect([200, 400]).toContain((await raw.operation(operation, input)).status);
            }
            for (const one of calls) {
              const answer = await raw.call(one);
              operations.add(one.target);
              if (answer.status === 200) {
                served.add(one.target);
                continue;
              }
              // The smallest limit of any operation's body: what is larger may be refused before it is read.
              const isLarge = Buffer.byteLength(one.body) > MAX_SMALLEST_BODY_BYTES;
              const refusals = isLarge ? [400, 413] : [400];
              expect(refusals, `${one.target} ${one.body.slice(0, 2000)}\n${answer.text}`).toContain(answer.status);
              expect(JSON.parse(answer.text)).toEqual({
                __type: expect.stringMatching(/^[A-Za-z0-9]+$/),
                message: expect.stringMatching(/./),
              });
            }
          }),
          { ...limits, markInterruptAsFailure: false },
        );
      try {
        await tryInputs({ numRuns: MAX_FUZZ_RUNS, interruptAfterTimeLimit: FUZZ_MILLISECONDS });
        const catchUpEndsAt = performance.now() + CATCH_UP_MILLISECONDS;
        while (!wasTried() && performance.now() < catchUpEndsAt) await tryInputs({ numRuns: CATCH_UP_RUNS });
        expect([...served]).toContain("CodeDeploy_20141006.GetDeploymentGroup");
        expect(operations.size).toBe(operationCount);
        expect(server.log()).not.toMatch(/"level":(50|60)/);
      } finally {
        raw.close();
        await server.close();
        await database.close();
      }
    },
    FUZZ_MILLISECONDS + CATCH_UP_MILLISECONDS + WHOLE_TEST_MILLISECONDS,
  );
});
