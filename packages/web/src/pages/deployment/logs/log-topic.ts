import type { GridRow } from "../grid/grid-row.ts";
import type { LogSelection } from "./log-shelf.ts";

/** What there is to choose from, by the platform that is deployed to. */
export interface LogTopic {
  readonly kind: "host" | "platform";
  /** What is shown for what the address names. */
  readonly selectionOf: (target: string | undefined, event: string | undefined) => LogSelection;
  readonly targets: readonly { readonly id: string; readonly name: string; readonly status?: string | undefined }[];
  readonly eventsOf: (targetId: string | undefined) => readonly string[];
  readonly emptyWords: (selection: LogSelection, isOver: boolean) => string;
}

export function hostTopic(rows: readonly GridRow[], columns: readonly string[]): LogTopic {
  const byId = new Map(rows.map((row) => [row.targetId, row]));
  const order = new Map<string, number>([
    ["Failed", 0],
    ["Unknown", 0],
    ["InProgress", 1],
  ]);
  const sorted = rows.toSorted((one, other) => (order.get(one.status) ?? 2) - (order.get(other.status) ?? 2));
  return {
    kind: "host",
    selectionOf: (targetId, event) => ({ targetId, event }),
    targets: sorted.map(({ targetId, hostName, status }) => ({ id: targetId, name: hostName, status })),
    eventsOf: (targetId) => byId.get(targetId ?? "")?.events.map(({ name }) => name) ?? columns,
    emptyWords: ({ targetId, event }, isOver) => hostWords(byId.get(targetId ?? ""), event, isOver),
  };
}

function hostWords(row: GridRow | undefined, name: string | undefined, isOver: boolean): string {
  const event = row?.events.find((each) => each.name === name);
  if (event === undefined) {
    return isOver ? "No script of this deployment wrote a line." : "It comes here by itself, as scripts print it.";
  }
  if (event.by === "balancer") return `${event.name} is the load balancer's: no script of the host runs in it.`;
  if (event.message !== undefined) return event.message;
  if (event.status === "Skipped") return `${event.name} was skipped: it never ran on ${row?.hostName}.`;
  if (event.status === "Pending") return `${event.name} has not begun on ${row?.hostName}.`;
  if (event.status === "Succeeded") return `${event.name} ran without a script, or without a word.`;
  return "It comes here by itself, as the script prints it.";
}
