import { truncate } from "@sluice/model/excerpt.ts";
import { MAX_AGENT_VERSION_CHARACTERS } from "@sluice/model/limits.ts";
import { CODEDEPLOY_SIGNING_NAME, CODEDEPLOY_TARGET_PREFIX } from "@sluice/wire/client/clients.ts";
import { ECS_SIGNING_NAME, ECS_TARGET_PREFIX } from "@sluice/wire/client/ecs-service.ts";
import { COMMAND_SIGNING_NAMES, COMMAND_TARGET_PREFIXES } from "@sluice/wire/command/command-api.ts";
import { COMMAND_TABLE } from "@sluice/wire/command/command-shapes.ts";
import { CODEDEPLOY_TABLE } from "@sluice/wire/generated/codedeploy-shapes.ts";
import { ECS_TABLE, UNSERVED_ECS_OPERATIONS } from "@sluice/wire/generated/ecs-shapes.ts";
import { MAX_INPUT_BYTES } from "@sluice/wire/json/json-protocol.ts";
import { toStorable } from "@sluice/wire/json/storable-text.ts";
import { type HttpHeaders, headerValue } from "@sluice/wire/sigv4/http-request.ts";
import { splitUrl } from "@sluice/wire/sigv4/sign.ts";
import { SLUICE_SIGNING_NAME, SLUICE_TARGET_PREFIX } from "@sluice/wire/sluice/sluice-api.ts";
import { SLUICE_TABLE } from "@sluice/wire/sluice/sluice-shapes.ts";
import { CODEDEPLOY_NEEDS } from "../needs/codedeploy-needs.ts";
import { ecsNeeds } from "../needs/ecs-needs.ts";
import type { NeedsOf } from "../needs/needs-context.ts";
import { type NeedsParts, onAnyResource } from "../needs/require-needs.ts";
import { sluiceNeeds } from "../needs/sluice-needs.ts";
import type { CodeDeployContext } from "../operations/codedeploy/codedeploy-context.ts";
import { CODEDEPLOY_HANDLERS } from "../operations/codedeploy/codedeploy-operations.ts";
import type { CommandContext } from "../operations/command/command-context.ts";
import { COMMAND_HANDLERS } from "../operations/command/command-operations.ts";
import { requireServices } from "../operations/ecs/ecs-context.ts";
import type { Operation, OperationContext } from "../operations/operation.ts";
import type { SluiceContext } from "../operations/sluice/sluice-context.ts";
import {
  SLUICE_HANDLERS,
  sluiceInputMaxBytes,
  UNSIGNED_SLUICE_OPERATIONS,
} from "../operations/sluice/sluice-operations.ts";
import type { LocalServices } from "../services/local-services.ts";
import type { JsonCall, JsonService } from "./json-service.ts";

/** What the contexts of all calls share; each call adds who and how. */
export interface ServiceDependencies {
  readonly operations: Omit<OperationContext, "principal">;
  readonly codeDeploy: Omit<CodeDeployContext, keyof OperationContext>;
  readonly command: Pick<CommandContext, "runner" | "liveness" | "specifications">;
  readonly sluice: Omit<SluiceContext, keyof OperationContext | "codeDeploy" | "signal" | "publicEndpoint" | "host">;
  /** Undefined: sluice.yml binds no container engine. */
  readonly containers: LocalServices | undefined;
}

/** Of an agent's call: its largest, a completion, carries at most 8,192 characters of diagnostics, written as JSON twice. */
const MAX_COMMAND_INPUT_BYTES = 256 * 1024;

/** Of a call to ECS: its largest, a task definition, is stored as at most 64 KiB of JSON. */
const MAX_ECS_INPUT_BYTES = 256 * 1024;

/** Our agent says so in its user agent; whoever does not is the AWS agent or speaks like it. */
const OUR_AGENT = /^sluice-agent\//;

export function jsonServices(dependencies: ServiceDependencies): readonly JsonService[] {
  const { operations, codeDeploy, command, sluice, containers } = dependencies;
  const needsParts = needsPartsOf(operations);
  return [
    {
      signingNames: [CODEDEPLOY_SIGNING_NAME],
      targetPrefixes: [CODEDEPLOY_TARGET_PREFIX],
      table: CODEDEPLOY_TABLE,
      inputMaxBytes: () => MAX_INPUT_BYTES,
      needsOf: (operation, input, context) => needsOfHandler(CODEDEPLOY_NEEDS, operation)(input, context),
      needsParts,
      call: (operation, input, { principal }) =>
        handlerOf(CODEDEPLOY_HANDLERS, operation)(input, { ...operations, ...codeDeploy, principal }),
    },
    {
      signingNames: COMMAND_SIGNING_NAMES,
      targetPrefixes: COMMAND_TARGET_PREFIXES,
      table: COMMAND_TABLE,
      inputMaxBytes: () => MAX_COMMAND_INPUT_BYTES,
      // Whose host it is, the operations look for themselves.
      needsOf: onAnyResource((operation) => `codedeploy-commands:${operation as keyof typeof COMMAND_TABLE}`),
      needsParts,
      call: (operation, input, call) =>
        handlerOf(COMMAND_HANDLERS, operation)(input, { ...operations, ...command, ...agentCall(call) }),
    },
    {
      signingNames: [SLUICE_SIGNING_NAME],
      targetPrefixes: [SLUICE_TARGET_PREFIX],
      table: SLUICE_TABLE,
      unsignedOperations: UNSIGNED_SLUICE_OPERATIONS,
      inputMaxBytes: sluiceInputMaxBytes,
      needsOf: (operation, input, context) => sluiceNeeds(operation, input as object, context),
      needsParts,
      call: (operation, input, call) =>
        handlerOf(SLUICE_HANDLERS, operation)(input, { ...operations, ...sluice, codeDeploy, ...sluiceCall(call) }),
    },
    {
      signingNames: [ECS_SIGNING_NAME],
      targetPrefixes: [ECS_TARGET_PREFIX],
      table: ECS_TABLE,
      unserved: UNSERVED_ECS_OPERATIONS,
      inputMaxBytes: () => MAX_ECS_INPUT_BYTES,
      needsOf: ecsNeeds,
      needsParts,
      call: async (operation, input, { principal }) => {
        const context = { ...operations, services: requireServices(containers), principal };
        // A server without containers never loads it.
        const { ECS_HANDLERS } = await import("../operations/ecs/ecs-operations.ts");
        return handlerOf(ECS_HANDLERS, operation)(input, context);
      },
    },
  ];
}

function sluiceCall({ principal, signal, publicEndpoint, headers }: JsonCall) {
  // A call of HTTP/1.0 may name no host.
  const host = headerValue(headers, "host") || splitUrl(publicEndpoint).host;
  return { principal, signal, publicEndpoint, host };
}

function agentCall({ principal, headers, signal, publicEndpoint, onUndelivered }: JsonCall) {
  const isOurs = OUR_AGENT.test(headerValue(headers, "user-agent") ?? "");
  return {
    principal,
    signal,
    publicEndpoint,
    onUndelivered,
    agent: isOurs ? ("sluice" as const) : ("aws" as const),
    agentVersion: agentVersionOf(headers),
  };
}

function agentVersionOf(headers: HttpHeaders): string | null {
  const version = headerValue(headers, "x-amz-codedeploy-agent-version");
  return version ? toStorable(truncate(version, MAX_AGENT_VERSION_CHARACTERS)) : null;
}

export function needsPartsOf({ store, accountId, region }: ServiceDependencies["operations"]): NeedsParts {
  return { accountId, region, db: store?.db };
}

/** The wire's table and that of the needs have the same names: the compiler holds that. */
function needsOfHandler(needs: object, operation: string): NeedsOf<unknown> {
  return (needs as Record<string, NeedsOf<unknown>>)[operation]!;
}

/** The wire's table and the handlers have the same names (a test holds that), and the input was shaped by the table. */
export function handlerOf<Context>(handlers: object, operation: string): Operation<unknown, object, Context> {
  return (handlers as Record<string, Operation<unknown, object, Context>>)[operation]!;
}
