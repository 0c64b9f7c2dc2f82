import type { SluiceOperations } from "@sluice/wire/sluice/operations.ts";
import type { Operation, Principal } from "../operation.ts";
import { createEnrolmentToken } from "./create-enrolment-token.ts";
import { declareHost } from "./declare-host.ts";
import { enrolHost } from "./enrol-host.ts";
import { getDeploymentLogs } from "./get-deployment-logs.ts";
import { getGroupSettings, putGroupSettings } from "./group-settings.ts";
import { hostHeartbeat } from "./host-heartbeat.ts";
import { listHosts } from "./list-hosts.ts";
import { planDeployment } from "./plan-deployment.ts";
import { putHostLogs } from "./put-host-logs.ts";
import { removeHost } from "./remove-host.ts";
import { acknowledge, listRolledBack } from "./rolled-back-groups.ts";
import type { SluiceContext } from "./sluice-context.ts";
import { testTriggers } from "./test-triggers.ts";
import { listTriggerDeliveries, replayTriggerDelivery } from "./trigger-deliveries.ts";

/** Sluice's own operations, by their names on the wire. */
export const SLUICE_HANDLERS: {
  readonly [Name in keyof SluiceOperations]: Operation<
    SluiceOperations[Name]["input"],
    SluiceOperations[Name]["output"],
    SluiceContext
  >;
} = {
  CreateEnrolmentToken: createEnrolmentToken,
  EnrolHost: enrolHost,
  HostHeartbeat: hostHeartbeat,
  PutHostLogs: putHostLogs,
  GetDeploymentLogs: getDeploymentLogs,
  DeclareHost: declareHost,
  ListHosts: listHosts,
  RemoveHost: removeHost,
  ListRolledBackGroups: listRolledBack,
  AcknowledgeRollback: acknowledge,
  GetGroupSettings: getGroupSettings,
  PutGroupSettings: putGroupSettings,
  ListTriggerDeliveries: listTriggerDeliveries,
  ReplayTriggerDelivery: replayTriggerDelivery,
  TestTriggers: testTriggers,
  PlanDeployment: planDeployment,
};

/** Whose credential is in the body. */
export const UNSIGNED_SLUICE_OPERATIONS: ReadonlySet<string> = new Set(["EnrolHost"]);
const HOST_OPERATIONS: ReadonlySet<string> = new Set(["HostHeartbeat", "PutHostLogs"]);
const READING_OPERATIONS: ReadonlySet<string> = new Set([
  "GetDeploymentLogs",
  "ListHosts",
  "ListRolledBackGroups",
  "GetGroupSettings",
  "ListTriggerDeliveries",
  "PlanDeployment",
]);

/** Who may call what. For whom a host's key may speak is each operation's own to check. */
export function isSluiceOperationAllowed(role: Principal["role"], operation: string): boolean {
  if (UNSIGNED_SLUICE_OPERATIONS.has(operation)) return true;
  switch (role) {
    case "root":
      return true;
    case "read-only":
      return READING_OPERATIONS.has(operation);
    case "host":
      return HOST_OPERATIONS.has(operation);
    default: {
      const never: never = role;
      return never;
    }
  }
}
