import {
  killMemoryContainer,
  type MemoryBehaviour,
  type MemoryContainer,
  newMemoryBehaviour,
} from "@sluice/drivers/memory/memory-container.ts";
import { memoryContainerEngine } from "@sluice/drivers/memory/memory-container-engine.ts";
import type { ContainerPlan } from "@sluice/engine/ports/container-engine.ts";
import { newTargetGroup } from "../balancing/balancing.fixture.ts";
import { NO_BALANCER, type TargetHealth } from "../balancing/target-health.ts";
import { systemTimers } from "../loops/timers.ts";
import { SERVICE_DEFINITION, TASK_DEFINITION } from "../store/columns/ecs-columns.ts";
import type { ContainerDefinition } from "../store/columns/task-definition.ts";
import { containerDefinition, serviceRow, taskDefinitionRow, taskSetRow } from "../store/ecs/rows.fixture.ts";
import { insertService, type ServiceRow } from "../store/ecs/services.ts";
import { insertTaskDefinition } from "../store/ecs/task-definitions.ts";
import { insertTaskSet, type TaskSetRow, taskSetsOfServices } from "../store/ecs/task-sets.ts";
import { tasksOfServices } from "../store/ecs/tasks.ts";
import { saveTargetGroup } from "../store/elb/target-groups.ts";
import { type OpenStore, openStore } from "../store/open-store.ts";
import { WakeFeed } from "../store/wake-feed.ts";
import { ServiceLoop } from "./service-loop.ts";

const SCOPE = { region: "us-east-1", accountId: "111122223333" };
export const definitionArn = (revision: number) => `arn:aws:ecs:us-east-1:111122223333:task-definition/web:${revision}`;
export const BLUE = "ecs-svc/1000000000000000001";

/** The service loop on an engine in memory and a store of its own. The engine outlives the loop, as it outlives a server. */
export class LocalWorld {
  readonly scope = SCOPE;
  readonly changes = new WakeFeed();
  readonly containers: MemoryContainer[] = [];
  readonly watchers = new Set<() => void>();
  readonly told: string[] = [];
  readonly starts: string[] = [];
  targets: TargetHealth = NO_BALANCER;
  behave: (plan: ContainerPlan) => MemoryBehaviour | undefined = () => newMemoryBehaviour();
  /** Why the engine is away; undefined: it is not. */
  trouble: string | undefined;
  store!: OpenStore;
  loop!: ServiceLoop;
  readonly engine = memoryContainerEngine.create(
    {},
    {
      containers: this.containers,
      behave: (plan) => {
        this.starts.push(`${plan.taskId}/${plan.containerName}`);
        return this.behave(plan);
      },
      now: Date.now,
      trouble: () => this.trouble,
      watchers: this.watchers,
    },
  );

  /** With the task definitions web:1 and web:2, a service of two tasks, its primary set, and two target groups. */
  async open(definitions: readonly ContainerDefinition[] = [WEB], service: Partial<ServiceRow> = {}): Promise<this> {
    this.store = await openStore({ dataDirectory: ":memory:" });
    await this.store.write(async ({ db }) => {
      for (const revision of [1, 2]) {
        const definition = { networkMode: "awsvpc" as const, containerDefinitions: definitions, volumes: [] };
        await insertTaskDefinition(
          db,
          taskDefinitionRow({ revision, definition_json: TASK_DEFINITION.write(definition) }),
        );
      }
      for (const arn of ["tg-blue", "tg-green"]) await saveTargetGroup(db, newTargetGroup({ arn }));
      await insertService(db, serviceRow({ desired_count: 2, definition_json: SERVICE, ...service }));
      await insertTaskSet(db, this.newTaskSet());
    });
    this.startLoop();
    return this;
  }

  newTaskSet(values: Partial<TaskSetRow> = {}): TaskSetRow {
    return taskSetRow({
      task_set_id: BLUE,
      task_definition_arn: definitionArn(1),
      target_group_arn: "tg-blue",
      container_name: "web",
      container_port: 80,
      ...values,
    });
  }

  startLoop(): void {
    const tell = (fields: object, message: string) => this.told.push(`${message} ${JSON.stringify(fields)}`);
    this.loop = new ServiceLoop({
      store: this.store,
      engine: this.engine,
      timers: systemTimers,
      changes: this.changes,
      targets: this.targets,
      owner: "server-1",
      log: { warn: tell, info: tell },
      onError: (error) => this.told.push(error instanceof Error ? (error.stack ?? error.message) : String(error)),
    });
    this.loop.start();
  }

  async restartLoop(): Promise<void> {
    await this.loop.close();
    this.startLoop();
  }

  async close(): Promise<void> {
    await this.loop.close();
    await this.store.close();
  }

  /** What time alone changed is news to nobody. */
  announce(): void {
    for (const watcher of this.watchers) watcher();
  }

  kill(container: MemoryContainer, exitCode?: number): void {
    killMemoryContainer(container, Date.now(), exitCode === undefined ? {} : { exitCode });
    this.announce();
  }

  running(): MemoryContainer[] {
    return this.containers.filter(
      ({ startedAt, killed, stopAskedAt }) => startedAt !== null && !killed && stopAskedAt === null,
    );
  }

  tasks() {
    return tasksOfServices(this.store.db, ["service-1"]);
  }

  taskSets() {
    return taskSetsOfServices(this.store.db, ["service-1"]);
  }
}

export const WEB = containerDefinition({
  name: "web",
  image: "web",
  portMappings: [{ containerPort: 80, hostPort: 80, protocol: "tcp" }],
});

const SERVICE = SERVICE_DEFINITION.write({
  taskDefinitionArn: definitionArn(1),
  loadBalancers: [{ targetGroupArn: "tg-blue", containerName: "web", containerPort: 80 }],
  launchType: "EC2",
  healthCheckGracePeriodSeconds: null,
  clientToken: null,
  createdBy: "arn:aws:iam::111122223333:root",
});
