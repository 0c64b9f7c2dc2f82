import {
  CREATE_CLUSTER_RULES,
  CREATE_SERVICE_RULES,
  CREATE_TASK_SET_RULES,
  LIST_SERVICES_RULES,
  LIST_TASKS_RULES,
  UPDATE_SERVICE_RULES,
} from "@sluice/server/operations/ecs/checks/service-members.ts";
import { TASK_DEFINITION_RULES } from "@sluice/server/operations/ecs/checks/task-definition-members.ts";
import { ECS_HANDLERS } from "@sluice/server/operations/ecs/ecs-operations.ts";
import type { AnyRules } from "@sluice/server/operations/member-rules.ts";
import { memberPage } from "./member-page.fixture.ts";

const RULES: Readonly<Record<string, AnyRules>> = {
  RegisterTaskDefinition: TASK_DEFINITION_RULES,
  CreateService: CREATE_SERVICE_RULES,
  UpdateService: UPDATE_SERVICE_RULES,
  CreateTaskSet: CREATE_TASK_SET_RULES,
  CreateCluster: CREATE_CLUSTER_RULES,
  ListServices: LIST_SERVICES_RULES,
  ListTasks: LIST_TASKS_RULES,
};

memberPage({ page: "ecs.md", rules: RULES, operations: Object.keys(ECS_HANDLERS) });
