import { hostLabel } from "@sluice/model/host-label.ts";
import type { HostRow } from "../store/hosts.ts";
import { type ClockTrouble, clockSentence } from "./clock-trouble.ts";
import { hostState } from "./host-summary.ts";
import type { Liveness } from "./liveness.ts";
import { remedyCommand } from "./remedy.ts";

/** Why a host is not alive, in a sentence with its cure, and the command to run on the host where one mends it. */
export interface HostTrouble {
  readonly trouble?: string;
  readonly command?: string;
}

/** Nothing of a host that is alive. */
export function hostTrouble(
  row: HostRow,
  liveness: Liveness,
  { now, serverUrl }: { readonly now: number; readonly serverUrl: string },
): HostTrouble {
  const current = liveness.withHeard(row);
  const host = `Host ${hostLabel(row.host_name, row.host_id)}`;
  const silent = current.last_seen_at === null ? "" : `has not reported since ${timeOf(current.last_seen_at)}`;
  const clock = liveness.refusedClock(row.host_id);
  const command = remedyCommand(current, serverUrl, clock);
  const state = hostState(row, liveness, now);
  switch (state) {
    case "alive":
      return {};
    case "retired":
      return {
        trouble: `${host} was removed at ${timeOf(row.retired_at ?? now)}: its key is refused, and no deployment goes to it. To have it back, enrol it again.`,
        command: remedyCommand({ ...row, agent: null, enrolled_at: null, last_seen_at: null }, serverUrl),
      };
    case "declared":
      return { trouble: `${host} has never enrolled. Make a token with sluice token create, and enrol it.`, command };
    case "enrolled":
      return clock
        ? refused(`${host} has enrolled, and its calls are refused.`, row, clock, command)
        : { trouble: `${host} has enrolled, but its agent has never polled. Start the agent.`, command };
    case "dark":
      if (clock) return refused(`${host} ${silent}: its calls are refused.`, row, clock, command);
      return current.goodbye_at === null
        ? { trouble: `${host} ${silent}. Start its agent, and look whether the host reaches this server.`, command }
        : { trouble: `${host} ${silent}, when its agent was stopped. Start the agent.`, command };
    case "unknown":
      return {
        trouble: [
          `${host} ${silent}, and this server could not hear it in all of that time: it counts as silent only when the server has heard for its grace.`,
          liveness.trouble() ?? "Wait: it reports within seconds, or is dark.",
        ].join(" "),
      };
    default:
      return state satisfies never;
  }
}

/** Where it is this server's clock that is off, nothing that is run on the host mends it. */
function refused(what: string, { host_name }: HostRow, clock: ClockTrouble, command: string): HostTrouble {
  const trouble = `${what} ${clockSentence(host_name, clock)}`;
  return clock.whose === "server" ? { trouble } : { trouble, command };
}

function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
