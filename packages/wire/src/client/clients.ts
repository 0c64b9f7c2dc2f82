import { COMMAND_SIGNING_NAMES, COMMAND_TARGET_PREFIXES, type CommandOperations } from "../command/command-api.ts";
import { COMMAND_TABLE } from "../command/command-shapes.ts";
import { CODEDEPLOY_TABLE, type CodeDeployOperations } from "../generated/codedeploy-shapes.ts";
import { SLUICE_SIGNING_NAME, SLUICE_TARGET_PREFIX } from "../sluice/sluice-api.ts";
import type { SluiceOperations } from "../sluice/sluice-operations.ts";
import { SLUICE_TABLE } from "../sluice/sluice-shapes.ts";
import { createServiceClient, type ServiceClient, type ServiceClientOptions } from "./service-client.ts";

export const CODEDEPLOY_TARGET_PREFIX = "CodeDeploy_20141006";
export const CODEDEPLOY_SIGNING_NAME = "codedeploy";

/** Everything about a client but which service it speaks to. */
export type ClientConnection = Omit<ServiceClientOptions, "table" | "targetPrefix" | "signingName">;

export type CodeDeployClient = ServiceClient<CodeDeployOperations>;
export type CommandClient = ServiceClient<CommandOperations>;
export type SluiceClient = ServiceClient<SluiceOperations>;

export function codeDeployClient(connection: ClientConnection): CodeDeployClient {
  return createServiceClient({
    ...connection,
    table: CODEDEPLOY_TABLE,
    targetPrefix: CODEDEPLOY_TARGET_PREFIX,
    signingName: CODEDEPLOY_SIGNING_NAME,
  });
}

/** What a host agent speaks. */
export function commandClient(connection: ClientConnection): CommandClient {
  return createServiceClient({
    ...connection,
    table: COMMAND_TABLE,
    targetPrefix: COMMAND_TARGET_PREFIXES[0],
    signingName: COMMAND_SIGNING_NAMES[0],
  });
}

export function sluiceClient(connection: ClientConnection): SluiceClient {
  return createServiceClient({
    ...connection,
    table: SLUICE_TABLE,
    targetPrefix: SLUICE_TARGET_PREFIX,
    signingName: SLUICE_SIGNING_NAME,
  });
}
