import { afterEach, beforeEach, expect, it } from "vitest";
import { serviceRow, taskRow, taskSetRow, WEB_GROUP_ARN } from "../ecs/rows.fixture.ts";
import { insertTaskSet } from "../ecs/task-sets.ts";
import { insertTasks } from "../ecs/tasks.ts";
import { type OpenStore, openStore } from "../open-store.ts";
import { readBalancedTasks } from "./balanced-tasks.ts";

let store: OpenStore;
beforeEach(async () => {
  store = await openStore({ dataDirectory: ":memory:" });
});
afterEach(() => store.close());

it("has the tasks that run behind a target group and have an address, from their start to their stop", async () => {
  const bare = { target_group_arn: null, container_name: null, container_port: null };
  const running = { last_status: "RUNNING", address: "10.0.0.1" } as const;
  await store.write(async ({ db }) => {
    await db.insertInto("ecs_services").values(serviceRow()).execute();
    await insertTaskSet(db, taskSetRow());
    await insertTaskSet(db, taskSetRow({ task_set_id: "ecs-svc/2", external_id: "d-2", ...bare }));
    await insertTasks(db, [
      taskRow({ task_id: "1", ...running }),
      taskRow({ task_id: "2", ...running, last_status: "ACTIVATING" }),
      taskRow({ task_id: "3", ...running, last_status: "DEACTIVATING", draining_since: 5 }),
      taskRow({ task_id: "4", ...running, last_status: "STOPPING" }),
      taskRow({ task_id: "5", ...running, last_status: "PENDING" }),
      taskRow({ task_id: "6", ...running, address: null }),
      taskRow({ task_id: "7", ...running, task_set_id: "ecs-svc/2" }),
    ]);
  });
  const target = { targetGroupArn: WEB_GROUP_ARN, address: "10.0.0.1", port: 8080 };
  expect(await readBalancedTasks(store.db)).toEqual([
    { taskId: "1", ...target, isDraining: false },
    { taskId: "2", ...target, isDraining: false },
    { taskId: "3", ...target, isDraining: true },
  ]);
});
