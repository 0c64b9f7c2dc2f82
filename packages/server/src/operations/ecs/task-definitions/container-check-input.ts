import type { HealthCheck } from "@aws-sdk/client-ecs";
import type { ContainerCheck } from "../../../store/columns/task-definition.ts";
import { invalid } from "../checks/member-rules.ts";
import { requireWithin } from "../checks/one-of.ts";

/** With ECS' defaults and bounds. @param path `containerDefinitions[0].healthCheck` */
export function readContainerCheck(
  { command = [], interval = 30, timeout = 5, retries = 3, startPeriod = 0 }: HealthCheck,
  path: string,
): ContainerCheck {
  const [kind, ...words] = command;
  const isShell = kind === "CMD-SHELL" && words.length === 1;
  const isWell = isShell || (kind === "CMD" && words.length > 0) || (kind === "NONE" && words.length === 0);
  if (!isWell) {
    throw invalid(
      `${path}.command is not valid: give ["CMD", PROGRAM, ARGUMENT…], ["CMD-SHELL", "COMMAND"] or ["NONE"].`,
    );
  }
  return {
    command,
    interval: requireWithin(interval, `${path}.interval`, [5, 300]),
    timeout: requireWithin(timeout, `${path}.timeout`, [2, 60]),
    retries: requireWithin(retries, `${path}.retries`, [1, 10]),
    startPeriod: requireWithin(startPeriod, `${path}.startPeriod`, [0, 300]),
  };
}
