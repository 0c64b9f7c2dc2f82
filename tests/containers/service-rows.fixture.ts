import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { SERVICE_DEFINITION, TASK_DEFINITION } from "@sluice/server/store/columns/ecs-columns.ts";
import type { ContainerDefinition } from "@sluice/server/store/columns/task-definition.ts";
import {
  containerDefinition,
  serviceRow,
  taskDefinitionRow,
  taskSetRow,
} from "@sluice/server/store/ecs/rows.fixture.ts";
import { insertService } from "@sluice/server/store/ecs/services.ts";
import { insertTaskDefinition } from "@sluice/server/store/ecs/task-definitions.ts";
import { insertTaskSet } from "@sluice/server/store/ecs/task-sets.ts";
import type { WriteTransaction } from "@sluice/server/store/group-commit.ts";
import { openStore } from "@sluice/server/store/open-store.ts";
import type { SluiceServer } from "../installation/sluice-server.fixture.ts";
import { TEST_IMAGE } from "./test-image.fixture.ts";

/** A task of a server, as its database has it now. */
export interface SeenTask {
  readonly task_id: string;
  readonly desired_status: string;
  readonly last_status: string;
  readonly health: string;
  readonly address: string | null;
  readonly stop_code: string | null;
  readonly stopped_reason: string | null;
  readonly created_at: number;
}

export interface NewService {
  readonly name: string;
  readonly desiredCount: number;
  readonly containers: readonly ContainerDefinition[];
}

export function testContainer(name: string, values: Partial<ContainerDefinition> = {}): ContainerDefinition {
  return containerDefinition({
    name,
    image: TEST_IMAGE,
    portMappings: [],
    command: ["waits"],
    stopTimeout: 2,
    ...values,
  });
}

/** A service of the cluster `prod` with its primary task set, which has no target group. */
export async function addService(
  { db }: WriteTransaction,
  { name, desiredCount, containers }: NewService,
): Promise<void> {
  const arn = `arn:aws:ecs:us-east-1:111122223333:task-definition/${name}:1`;
  const definition = { networkMode: "awsvpc" as const, containerDefinitions: containers, volumes: [] };
  await insertTaskDefinition(
    db,
    taskDefinitionRow({ family: name, definition_json: TASK_DEFINITION.write(definition) }),
  );
  await insertService(
    db,
    serviceRow({
      service_id: name,
      service_name: name,
      desired_count: desiredCount,
      definition_json: SERVICE_DEFINITION.write({
        taskDefinitionArn: arn,
        loadBalancers: [],
        launchType: "EC2",
        healthCheckGracePeriodSeconds: null,
        clientToken: null,
        createdBy: "arn:aws:iam::111122223333:root",
      }),
    }),
  );
  await insertTaskSet(
    db,
    taskSetRow({
      task_set_id: `ecs-svc/${name}`,
      service_id: name,
      task_definition_arn: arn,
      target_group_arn: null,
      container_name: null,
      container_port: null,
    }),
  );
}

/** While the server is away: it was killed without a farewell. */
export async function whileKilled(
  server: SluiceServer,
  work: (transaction: WriteTransaction) => Promise<void>,
): Promise<void> {
  await server.kill();
  const store = await openStore({ dataDirectory: server.data });
  try {
    await store.write(work);
  } finally {
    await store.close();
  }
  await server.start();
}

export function tasksIn({ data }: SluiceServer, service: string): readonly SeenTask[] {
  return query(data, "SELECT * FROM ecs_tasks WHERE service_id = ? ORDER BY created_at, task_id", service);
}

export function taskSetIn({ data }: SluiceServer, service: string) {
  const [found] = query<{ readonly stability: string; readonly failed_tasks: number }>(
    data,
    "SELECT * FROM ecs_task_sets WHERE service_id = ?",
    service,
  );
  return found;
}

export function messagesIn({ data }: SluiceServer, service: string): readonly string[] {
  const found = query<{ readonly message: string }>(
    data,
    "SELECT message FROM ecs_service_events WHERE service_id = ? ORDER BY event_number",
    service,
  );
  return found.map(({ message }) => message);
}

function query<Row = SeenTask>(data: string, sql: string, service: string): readonly Row[] {
  const database = new DatabaseSync(join(data, "sluice.db"), { readOnly: true });
  try {
    return database.prepare(sql).all(service) as unknown as readonly Row[];
  } finally {
    database.close();
  }
}
