import { truncate } from "@sluice/model/excerpt.ts";
import { MAX_AGENT_VERSION_CHARACTERS } from "@sluice/model/limits.ts";
import { CODEDEPLOY_SIGNING_NAME, CODEDEPLOY_TARGET_PREFIX } from "@sluice/wire/client/clients.ts";
import { COMMAND_SIGNING_NAMES, COMMAND_TARGET_PREFIXES } from "@sluice/wire/command/command-api.ts";
import { COMMAND_TABLE } from "@sluice/wire/command/command-shapes.ts";
import { CODEDEPLOY_TABLE } from "@sluice/wire/generated/codedeploy-shapes.ts";
import { MAX_INPUT_BYTES } from "@sluice/wire/json/json-protocol.ts";
import { toStorable } from "@sluice/wire/json/storable-text.ts";
import { type HttpHeaders, headerValue } from "@sluice/wire/sigv4/http-request.ts";
import { SLUICE_SIGNING_NAME, SLUICE_TARGET_PREFIX } from "@sluice/wire/sluice/sluice-api.ts";
import { SLUICE_TABLE } from "@sluice/wire/sluice/sluice-shapes.ts";
import type { CodeDeployContext } from "../operations/codedeploy/codedeploy-context.ts";
import { CODEDEPLOY_HANDLERS } from "../operations/codedeploy/codedeploy-operations.ts";
import type { CommandContext } from "../operations/command/command-context.ts";
import { COMMAND_HANDLERS } from "../operations/command/command-operations.ts";
import type { Operation, OperationContext } from "../operations/operation.ts";
import type { SluiceContext } from "../operations/sluice/sluice-context.ts";
import {
  SLUICE_HANDLERS,
  sluiceInputMaxBytes,
  UNSIGNED_SLUICE_OPERATIONS,
} from "../operations/sluice/sluice-operations.ts";
import type { JsonCall, JsonService } from "./json-service.ts";

/** What the contexts of all calls share; each call adds who and how. */
export interface ServiceDependencies {
  readonly operations: Omit<OperationContext, "principal">;
  readonly codeDeploy: Omit<CodeDeployContext, keyof OperationContext>;
  readonly command: Pick<CommandContext, "runner" | "liveness" | "specifications">;
  readonly sluice: Omit<SluiceContext, keyof OperationContext | "signal">;
}

/** Of an agent's call: its largest, a completion, carries at most 8,192 characters of diagnostics, written as JSON twice. */
const MAX_COMMAND_INPUT_BYTES = 256 * 1024;

/** Our agent says so in its user agent; whoever does not is the AWS agent or speaks like it. */
const OUR_AGENT = /^sluice-agent\//;

export function jsonServices({ operations, codeDeploy, command, sluice }: ServiceDependencies): readonly JsonService[] {
  return [
    {
      signingNames: [CODEDEPLOY_SIGNING_NAME],
      targetPrefixes: [CODEDEPLOY_TARGET_PREFIX],
      table: CODEDEPLOY_TABLE,
      inputMaxBytes: () => MAX_INPUT_BYTES,
      call: (operation, input, { principal }) =>
        handlerOf(CODEDEPLOY_HANDLERS, operation)(input, { ...operations, ...codeDeploy, principal }),
    },
    {
      signingNames: COMMAND_SIGNING_NAMES,
      targetPrefixes: COMMAND_TARGET_PREFIXES,
      table: COMMAND_TABLE,
      inputMaxBytes: () => MAX_COMMAND_INPUT_BYTES,
      call: (operation, input, call) =>
        handlerOf(COMMAND_HANDLERS, operation)(input, { ...operations, ...command, ...agentCall(call) }),
    },
    {
      signingNames: [SLUICE_SIGNING_NAME],
      targetPrefixes: [SLUICE_TARGET_PREFIX],
      table: SLUICE_TABLE,
      unsignedOperations: UNSIGNED_SLUICE_OPERATIONS,
      inputMaxBytes: sluiceInputMaxBytes,
      call: (operation, input, { principal, signal }) =>
        handlerOf(SLUICE_HANDLERS, operation)(input, { ...operations, ...sluice, principal, signal }),
    },
  ];
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

/** The wire's table and the handlers have the same names (a test holds that), and the input was shaped by the table. */
export function handlerOf<Context>(handlers: object, operation: string): Operation<unknown, object, Context> {
  return (handlers as Record<string, Operation<unknown, object, Context>>)[operation]!;
}
