import type { BalancerHealthCheck } from "@sluice/engine/ports/balancer.ts";
import type { BalancerLayout, LaidOutServer } from "./balancer-layout.ts";
import { backendName } from "./configured-names.ts";
import { weightOf } from "./server-words.ts";

/** Columns of `show servers state` that are ours to say, from 0. */
const ADMIN_STATE = 6;
const USER_WEIGHT = 7;
const INITIAL_WEIGHT = 8;
const HEADING =
  "# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port";

export const stateKey = (backend: string, server: string) => `${backend}/${server}`;

/**
 * What a process that starts holds of its servers before it has checked them itself. Without it HAProxy takes every server for healthy: a
 * new one would get traffic before it can serve.
 *
 * @param lines of `show servers state` by {@link stateKey}, as far as a process has told them
 */
export function serverStatesText(
  { servers }: BalancerLayout,
  checks: ReadonlyMap<string, BalancerHealthCheck | null>,
  lines: ReadonlyMap<string, string>,
): string {
  const rows = servers
    .filter(({ groupId }) => checks.get(groupId))
    .map((server) => stateLine(server, lines.get(stateKey(backendName(server.groupId), server.name))));
  return `${["1", HEADING, ...rows].join("\n")}\n`;
}

/** By {@link stateKey}, from the text of {@link serverStatesText} or of `show servers state`. */
export function stateLines(text: string): ReadonlyMap<string, string> {
  const rows = text.split("\n").filter((line) => /^\d+ \S+ \d+ \S+ /.test(line));
  return new Map(
    rows.map((line) => {
      const [, backend = "", , server = ""] = line.split(" ");
      return [stateKey(backend, server), line];
    }),
  );
}

function stateLine(server: LaidOutServer, told: string | undefined): string {
  const weight = String(weightOf(server));
  const cells = told?.split(" ") ?? downCells(server);
  return cells
    .map((cell, column) => {
      if (column === ADMIN_STATE) return "0";
      return column === USER_WEIGHT || column === INITIAL_WEIGHT ? weight : cell;
    })
    .join(" ");
}

/** Down, with a check that is enabled and was not answered yet. Servers are found by their names: the ids mean nothing. */
function downCells({ groupId, name, address, port }: LaidOutServer): readonly string[] {
  return `1 ${backendName(groupId)} 1 ${name} ${address} 0 0 0 0 0 1 0 0 6 0 0 0 - ${port} - 0 0 - - 0`.split(" ");
}
