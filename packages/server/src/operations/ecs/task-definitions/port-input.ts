import type { PortMapping as PortInput } from "@aws-sdk/client-ecs";
import { MAX_PORT } from "@sluice/model/port.ts";
import type { PortMapping, TaskDefinition } from "../../../store/columns/task-definition.ts";
import { invalid } from "../checks/member-rules.ts";
import { requireOneOf, requireWithin } from "../checks/one-of.ts";
import { clientFault } from "./definition-fault.ts";

/** @param path `containerDefinitions[0].portMappings[0]` */
export function readPortMapping(
  { containerPort, hostPort, protocol = "tcp" }: PortInput,
  networkMode: TaskDefinition["networkMode"],
  path: string,
): PortMapping {
  if (containerPort === undefined) throw invalid(`${path}.containerPort must be specified.`);
  const port = requireWithin(containerPort, `${path}.containerPort`, [1, MAX_PORT]);
  const asked = requireWithin(hostPort ?? 0, `${path}.hostPort`, [0, MAX_PORT]);
  if (networkMode === "awsvpc" && asked !== 0 && asked !== port) {
    throw clientFault("When networkMode=awsvpc, the host ports and container ports in port mappings must match.");
  }
  return {
    containerPort: port,
    hostPort: networkMode === "awsvpc" ? port : asked,
    protocol: requireOneOf(protocol, `${path}.protocol`, ["tcp", "udp"]),
  };
}
