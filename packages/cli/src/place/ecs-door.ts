import { ECS_SIGNING_NAME, ECS_TARGET_PREFIX } from "@sluice/wire/client/ecs-service.ts";
import { createServiceClient, type ServiceClient } from "@sluice/wire/client/service-client.ts";
import { connectionTo, type Connection as ServerConnection } from "@sluice/wire/config/connection.ts";
import type { EcsOperations } from "@sluice/wire/generated/ecs-shapes.ts";

/** Close it to close its connections. */
export type EcsClient = ServiceClient<EcsOperations>;

/** The calls of ECS on the server's own containers. Their shapes are read when they are needed. */
export async function ecsClient(server: ServerConnection): Promise<EcsClient> {
  const { ECS_TABLE } = await import("@sluice/wire/generated/ecs-shapes.ts");
  return createServiceClient<EcsOperations>({
    ...connectionTo(server, "sluice"),
    table: ECS_TABLE,
    targetPrefix: ECS_TARGET_PREFIX,
    signingName: ECS_SIGNING_NAME,
  });
}
