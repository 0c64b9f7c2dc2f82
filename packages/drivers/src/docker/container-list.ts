import type { ContainerFacts } from "@sluice/engine/ports/container-engine.ts";
import { factsOf } from "./container-facts.ts";
import { identityOf, installationFilter } from "./container-identity.ts";
import type { EngineApi } from "./engine-api.ts";
import { findContainer } from "./own-container.ts";

/** What is read of the engine's `GET /containers/json`. */
interface ListedContainer {
  readonly Id: string;
  readonly Names: readonly string[] | null;
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly State: string;
  /** For people, and the only place that has the health: `Up 3 seconds (healthy)`, `Exited (1) 2 minutes ago`. */
  readonly Status: string;
  readonly NetworkSettings?: {
    readonly Networks: Readonly<Record<string, { readonly IPAddress?: string } | null>> | null;
  };
}

export interface ContainerList {
  read(signal: AbortSignal): Promise<readonly ContainerFacts[]>;
  /** Something happened to this container; absent: to any. */
  forget(containerId?: string): void;
}

/** So many are looked at at once. */
const LOOKS = 8;

/** One question for all, and one more for each that has changed since the list before. */
export function createContainerList(api: EngineApi, installation: string): ContainerList {
  const known = new Map<string, { readonly digest: string; readonly facts: ContainerFacts }>();
  /** Of what was forgotten while it was being looked at, the look is not kept. */
  let forgotten = 0;

  const look = async (listed: ListedContainer, signal: AbortSignal): Promise<readonly ContainerFacts[]> => {
    const digest = digestOf(listed);
    const before = known.get(listed.Id);
    if (before?.digest === digest) return [before.facts];
    const asked = forgotten;
    const found = await findContainer(api, installation, listed.Id, signal);
    if (found.kind !== "own") return [];
    const facts = factsOf(found.inspected, found.identity, installation);
    if (asked === forgotten && isSettled(facts)) known.set(listed.Id, { digest, facts });
    return [facts];
  };

  return {
    read: async (signal) => {
      const query = { all: "1", ...installationFilter(installation) };
      const listed = (await api.ask({ method: "GET", path: "/containers/json", query }, signal)) as ListedContainer[];
      const own = listed.filter(({ Names, Labels }) =>
        Names?.some((name) => identityOf(installation, name.slice(1), Labels ?? {}) !== undefined),
      );
      const ids = new Set(own.map(({ Id }) => Id));
      for (const id of known.keys()) if (!ids.has(id)) known.delete(id);
      return (await inTurns(own, (each) => look(each, signal))).flat();
    },
    forget: (containerId) => {
      forgotten += 1;
      if (containerId === undefined) known.clear();
      else known.delete(containerId);
    },
  };
}

/** All that the list says and that does not change by itself: `Up 3 seconds` does. */
function digestOf({ State, Status, NetworkSettings }: ListedContainer): string {
  const addresses = Object.values(NetworkSettings?.Networks ?? {}).map((network) => network?.IPAddress);
  return [State, ...(Status.match(/\([^)]*\)/g) ?? []), ...addresses].join(" ");
}

/** What a check says changes from one to the next, and why a start failed with the next start. */
function isSettled({ state, health }: ContainerFacts): boolean {
  return state !== "created" && health !== "starting" && health !== "unhealthy";
}

async function inTurns<Item, Result>(
  items: readonly Item[],
  act: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const rest = [...items.entries()];
  const work = async () => {
    for (let next = rest.shift(); next; next = rest.shift()) results[next[0]] = await act(next[1]);
  };
  await Promise.all(Array.from({ length: LOOKS }, work));
  return results;
}
