import { type MemoryService, memoryTaskSets, newMemoryTaskSet } from "../memory/memory-task-sets.ts";
import { type TaskSetsWorld, taskSetsContract } from "./task-sets-contract.fixture.ts";

async function memoryWorld(controller = "CODE_DEPLOY"): Promise<TaskSetsWorld> {
  const values = { status: "PRIMARY", targetGroup: "tg-blue", madeAt: -1_000 } as const;
  const service: MemoryService = { controller, desiredCount: 2, taskSets: [newMemoryTaskSet("blue", values)] };
  let now = 0;
  let made = 0;
  return {
    taskSets: memoryTaskSets.create(
      {},
      {
        services: new Map([["shop:web", service]]),
        taskDefinitions: new Map([["web:2", [{ name: "web", ports: [80] }]]]),
        startMilliseconds: 1_000,
        drainMilliseconds: 1_000,
        now: () => now,
        newTaskSetId: () => `green-${++made}`,
      },
    ),
    service: { clusterName: "shop", serviceName: "web" },
    nobody: { clusterName: "shop", serviceName: "nobody" },
    blue: "blue",
    blueGroup: "tg-blue",
    plan: {
      externalId: "d-FIRST1111",
      taskDefinition: "web:2",
      targetGroup: "tg-green",
      containerName: "web",
      containerPort: 80,
    },
    pass: () => {
      now += 1_000;
    },
    breakTaskSet: (taskSetId, why) => {
      const found = service.taskSets.find((taskSet) => taskSet.taskSetId === taskSetId);
      if (found) found.sickness = why;
    },
  };
}

taskSetsContract("memory", memoryWorld);
