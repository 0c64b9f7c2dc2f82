import type { UpdateFunctionConfigurationRequest } from "@aws-sdk/client-lambda";
import { excerpt } from "@sluice/model/excerpt.ts";
import {
  MAX_EPHEMERAL_STORAGE_MEGABYTES,
  MAX_FUNCTION_DESCRIPTION_CHARACTERS,
  MAX_FUNCTION_MEMORY_MEGABYTES,
  MAX_FUNCTION_TIMEOUT_SECONDS,
  MAX_HANDLER_CHARACTERS,
  MIN_EPHEMERAL_STORAGE_MEGABYTES,
  MIN_FUNCTION_MEMORY_MEGABYTES,
} from "@sluice/model/lambda-limits.ts";
import type { FunctionConfiguration } from "../../../store/columns/lambda-columns.ts";
import { invalid } from "../checks/lambda-faults.ts";
import { requireShort, requireWithin } from "../checks/within.ts";
import { readVariables } from "./variables-input.ts";

/** As Lambda has them where a call names none. */
const USUAL = { timeoutSeconds: 3, memoryMegabytes: 128, ephemeralStorageMegabytes: 512 } as const;

type ConfigurationInput = Pick<
  UpdateFunctionConfigurationRequest,
  "Runtime" | "Handler" | "Role" | "Description" | "Timeout" | "MemorySize" | "EphemeralStorage" | "Environment"
>;

/** Of a new function. */
export function readConfiguration(input: ConfigurationInput): FunctionConfiguration {
  if (input.Runtime === undefined) {
    throw invalid("Runtime and Handler are mandatory parameters for functions created with deployment packages.");
  }
  if (input.Role === undefined) throw invalid("Role must be specified: give the ARN of an IAM role.");
  const runtime: string = input.Runtime;
  const empty = { runtime, handler: "", role: "", description: "", variables: {}, ...USUAL };
  return changedConfiguration(empty, input);
}

/** What a call does not name stays as it is. */
export function changedConfiguration(from: FunctionConfiguration, input: ConfigurationInput): FunctionConfiguration {
  const changed: FunctionConfiguration = {
    runtime: input.Runtime ?? from.runtime,
    handler: readHandler(input.Handler ?? from.handler),
    role: readRole(input.Role ?? from.role),
    description: requireShort(
      input.Description ?? from.description,
      "Description",
      MAX_FUNCTION_DESCRIPTION_CHARACTERS,
    ),
    timeoutSeconds: requireWithin(input.Timeout ?? from.timeoutSeconds, "Timeout", 1, MAX_FUNCTION_TIMEOUT_SECONDS),
    memoryMegabytes: requireWithin(
      input.MemorySize ?? from.memoryMegabytes,
      "MemorySize",
      MIN_FUNCTION_MEMORY_MEGABYTES,
      MAX_FUNCTION_MEMORY_MEGABYTES,
    ),
    ephemeralStorageMegabytes: requireWithin(
      input.EphemeralStorage?.Size ?? from.ephemeralStorageMegabytes,
      "EphemeralStorage.Size",
      MIN_EPHEMERAL_STORAGE_MEGABYTES,
      MAX_EPHEMERAL_STORAGE_MEGABYTES,
    ),
    variables: input.Environment === undefined ? from.variables : readVariables(input.Environment.Variables),
  };
  if (changed.handler === "" && !changed.runtime.startsWith("provided")) {
    throw invalid("Runtime and Handler are mandatory parameters for functions created with deployment packages.");
  }
  return changed;
}

function readHandler(handler: string): string {
  requireShort(handler, "Handler", MAX_HANDLER_CHARACTERS);
  if (/[\s\p{Cc}]/u.test(handler)) {
    throw invalid(`Handler ${excerpt(JSON.stringify(handler))} has a space: give one such as index.handler.`);
  }
  return handler;
}

const ROLE = /^arn:aws[a-zA-Z-]*:iam::\d{12}:role\/[a-zA-Z_0-9+=,.@/-]{1,512}$/;

/** IAM is AWS' own: the name counts, by which sluice.yml says what a function may call. */
function readRole(role: string): string {
  if (ROLE.test(role)) return role;
  throw invalid(
    `Role ${excerpt(JSON.stringify(role))} is no ARN of a role: give one such as arn:aws:iam::111122223333:role/NAME. It need not exist.`,
  );
}
