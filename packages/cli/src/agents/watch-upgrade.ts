import { setTimeout as sleep } from "node:timers/promises";
import { visibleLine } from "@sluice/model/visible-text.ts";
import type { SluiceClient } from "@sluice/wire/client/clients.ts";
import { TransportError } from "@sluice/wire/client/errors.ts";
import type {
  AgentUpgrade,
  AgentUpgradeHost,
  AgentUpgradeLimit,
  GetAgentUpgradeOutput,
} from "@sluice/wire/sluice/agent-upgrade-api.ts";
import { print, printError, printJsonLine } from "../output.ts";
import { exitCodeOf, hostLine, isOver, upgradeLine } from "./upgrade-words.ts";

const LOOK_MILLISECONDS = 1_000;
const EXIT_INTERRUPTED = 130;

/** Prints what becomes of each host until the upgrade has ended. The upgrade needs nobody who watches. */
export async function watchUpgrade(sluice: SluiceClient, upgradeId: string, isJson: boolean): Promise<number> {
  const interrupted = new AbortController();
  process.once("SIGINT", () => interrupted.abort());
  const told = new Map<string, string>();
  let changedSince: Date | undefined;
  let isAway = false;
  while (!interrupted.signal.aborted) {
    try {
      const { upgrade, hosts, limits = [] } = await look(sluice, upgradeId, changedSince);
      if (isAway) printError("The server answers again.");
      isAway = false;
      for (const limit of limits) tellLimit(limit, told, isJson);
      for (const host of hosts.toSorted(byChange)) tell(host, upgrade, told, isJson);
      changedSince = latest(hosts) ?? changedSince;
      if (isOver(upgrade)) {
        if (isJson) printJsonLine({ type: "upgrade", ...upgrade });
        else print(upgradeLine(upgrade));
        return exitCodeOf(upgrade);
      }
    } catch (error) {
      // It may be restarted, by an upgrade of its own: what it knows is in its database.
      if (!(error instanceof TransportError)) throw error;
      if (!isAway)
        printError(`${error.message} Trying again; the upgrade goes on by itself. Ctrl-C ends the watching.`);
      isAway = true;
    }
    await sleep(LOOK_MILLISECONDS, undefined, { signal: interrupted.signal }).catch(() => {});
  }
  printError(`${upgradeId} goes on. See it: sluice agents watch. End it: sluice agents stop-upgrade.`);
  return EXIT_INTERRUPTED;
}

/** The upgrade is read before its hosts: of one that has ended, all are told as they end. */
async function look(
  sluice: SluiceClient,
  upgradeId: string,
  changedSince: Date | undefined,
): Promise<Omit<GetAgentUpgradeOutput, "nextToken">> {
  const first = await sluice.call("GetAgentUpgrade", { upgradeId, changedSince });
  let page = first;
  const hosts = [...first.hosts];
  while (page.nextToken !== undefined) {
    page = await sluice.call("GetAgentUpgrade", { upgradeId, changedSince, nextToken: page.nextToken });
    hosts.push(...page.hosts);
  }
  return { ...first, hosts };
}

function tell(host: AgentUpgradeHost, upgrade: AgentUpgrade, told: Map<string, string>, isJson: boolean): void {
  const line = hostLine(host, upgrade.version);
  const isNews = told.get(host.hostId) !== line;
  told.set(host.hostId, line);
  // Whose turn has not come is no news.
  if (!isNews || (host.state === "waiting" && host.reason === undefined)) return;
  if (isJson) printJsonLine({ type: "host", ...host });
  else print(line);
}

/** Before the hosts that it holds: it is known from the moment on that the first one begins. */
function tellLimit(limit: AgentUpgradeLimit, told: Map<string, string>, isJson: boolean): void {
  // No host's id has a slash.
  if (told.get(limit.group) === limit.reason) return;
  told.set(limit.group, limit.reason);
  if (isJson) printJsonLine({ type: "limit", ...limit });
  else print(visibleLine(limit.reason));
}

/** As they came about: a host is offered the program when another has ended, and not before. */
function byChange(one: AgentUpgradeHost, other: AgentUpgradeHost): number {
  return (
    one.changedAt.getTime() - other.changedAt.getTime() ||
    Number(one.state === "offered") - Number(other.state === "offered")
  );
}

function latest(hosts: readonly AgentUpgradeHost[]): Date | undefined {
  if (hosts.length === 0) return undefined;
  return new Date(Math.max(...hosts.map(({ changedAt }) => changedAt.getTime())));
}
