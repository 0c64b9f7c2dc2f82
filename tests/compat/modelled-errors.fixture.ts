import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { FAULTS } from "@sluice/model/fault-codes.ts";
import type { ServiceName } from "./fuzz-services.fixture.ts";

/** What any operation of a service of AWS may answer: "Common Errors" of its reference, and what its protocol and its signatures are refused with. */
const COMMON: ReadonlySet<string> = new Set([
  "AccessDeniedException",
  "ExpiredTokenException",
  "IncompleteSignatureException",
  "InvalidSignatureException",
  "MissingAuthenticationTokenException",
  "RequestEntityTooLargeException",
  "RequestExpired",
  "SerializationException",
  "ThrottlingException",
  "UnknownOperationException",
  "UnrecognizedClientException",
  "ValidationException",
]);
/** The query protocol's names of the same. */
const COMMON_QUERY: ReadonlySet<string> = new Set([
  ...COMMON,
  ...[
    "AccessDenied",
    "ExpiredToken",
    "InvalidAction",
    "InvalidClientTokenId",
    "SignatureDoesNotMatch",
    "Throttling",
    "ValidationError",
  ],
]);
/** Lambda says so of any body that is no JSON. */
const COMMON_LAMBDA: ReadonlySet<string> = new Set([...COMMON, "InvalidRequestContentException"]);
const COMMON_OF: Readonly<Partial<Record<ServiceName, ReadonlySet<string>>>> = {
  elbv2: COMMON_QUERY,
  sts: COMMON_QUERY,
  lambda: COMMON_LAMBDA,
};
const SDK_OF: Readonly<Partial<Record<ServiceName, string>>> = {
  codedeploy: "@aws-sdk/client-codedeploy",
  ecs: "@aws-sdk/client-ecs",
  elbv2: "@aws-sdk/client-elastic-load-balancing-v2",
  lambda: "@aws-sdk/client-lambda",
  sts: "@aws-sdk/client-sts",
};
/** What AWS answers although its model lacks it. */
const BEYOND_THE_MODEL: ReadonlySet<string> = new Set(["ecs DeleteService ServiceNotActiveException"]);
const require = createRequire(import.meta.url);
const known = new Map<string, ReadonlySet<string>>();

/** Whether AWS's model lets the operation answer that code. Sluice's own operations and the agents' have no model of AWS's: any code of the catalogue. */
export function isModelled(service: ServiceName, operation: string, code: string): boolean {
  if ((COMMON_OF[service] ?? COMMON).has(code) || BEYOND_THE_MODEL.has(`${service} ${operation} ${code}`)) return true;
  const sdk = SDK_OF[service];
  if (sdk === undefined) return Object.hasOwn(FAULTS, code);
  const modelled = modelledErrors(sdk, operation);
  // The query protocol's codes lack what their classes end with.
  return modelled.has(code) || modelled.has(`${code}Exception`);
}

/** The errors that the SDK's model gives to an operation: its typings name them after `@throws`. */
export function modelledErrors(sdk: string, operation: string): ReadonlySet<string> {
  const key = `${sdk} ${operation}`;
  let errors = known.get(key);
  if (!errors) {
    const folder = join(dirname(require.resolve(sdk)), "..", "dist-types/commands");
    const text = readFileSync(join(folder, `${operation}Command.d.ts`), "utf8");
    errors = new Set([...text.matchAll(/@throws \{@link (\w+)\}/g)].map(([, name]) => name!));
    known.set(key, errors);
  }
  return errors;
}
