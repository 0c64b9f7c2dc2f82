import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findHaproxy } from "@sluice/drivers/haproxy-balancer/haproxy-program.ts";
import { DOCKER_SOCKET } from "./docker-socket.ts";

/** What the demo's server may use of this machine. */
export interface Surroundings {
  readonly hasHaproxy: boolean;
  readonly hasContainers: boolean;
  /** Functions get users of their own. */
  readonly isRoot: boolean;
}

/** The role of functions that check others. */
export const CHECKS_ROLE = "checks";

export async function hasHaproxy(): Promise<boolean> {
  return !("trouble" in (await findHaproxy(undefined)));
}

/** sluice.yml, in the demo's own directory. Gives the file. */
export async function writeBindings(directory: string, surroundings: Surroundings): Promise<string> {
  const file = join(directory, "sluice.yml");
  await writeFile(file, `bindings:\n${bindingsOf(surroundings).join("\n")}\n`);
  return file;
}

function bindingsOf({ hasHaproxy, hasContainers, isRoot }: Surroundings): readonly string[] {
  const isolation = isRoot ? "" : "isolation: none, ";
  const roles = `{ ${CHECKS_ROLE}: [lambda:InvokeFunction] }`;
  return [
    `  - { match: "*", port: function-alias, driver: functions, settings: { ${isolation}roles: ${roles} } }`,
    '  - { match: "*", port: hook-invoker, driver: functions }',
    ...(hasHaproxy
      ? ['  - { match: "*", port: weighted-router, driver: haproxy, settings: { address: 127.0.0.1 } }']
      : []),
    ...(hasContainers
      ? [`  - { match: "*", port: task-sets, driver: docker, settings: { socket: ${DOCKER_SOCKET} } }`]
      : []),
  ];
}
