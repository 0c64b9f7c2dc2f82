import type { AgentUpgradeLimit, AgentUpgradeReport, SignedAgentOffer } from "@sluice/wire/sluice/agent-upgrade-api.ts";
import { type FindAgentProgram, isMissing } from "../agent-programs/find-agent-program.ts";
import { type Pace, PacedLoop, sleepFor } from "../loops/paced-loop.ts";
import { sparseErrors } from "../loops/sparse-errors.ts";
import type { Timers } from "../loops/timers.ts";
import type { SpecificationSigningKey } from "../signing/specification-envelope.ts";
import {
  type AgentUpgradeHostRow,
  type AgentUpgradeRow,
  changeUpgrade,
  changeUpgradeHost,
  findActiveUpgrade,
  hostsOfUpgrade,
  lockUpgrade,
} from "../store/agent-upgrades.ts";
import { AGENT_PROGRAMS, AGENT_UPGRADE_REQUEST } from "../store/columns/agent-upgrade-columns.ts";
import { findHosts } from "../store/hosts.ts";
import { AgentOffers } from "./agent-offers.ts";
import { groupLimits } from "./group-limits.ts";
import { guardedGroups, type ObservingParts, observeAgents, observeGroups } from "./observe-upgrade.ts";
import { planUpgrade } from "./plan-upgrade.ts";
import { type AgentFacts, takeAgentReport } from "./take-agent-report.ts";
import type { GuardedGroup, UpgradeObservation, UpgradeState } from "./upgrade-state.ts";

/** Between looks while an upgrade is under way. */
const UPGRADE_LOOK_MILLISECONDS = 1_000;
/** Between looks while there is none: another server may have begun one. */
const IDLE_LOOK_MILLISECONDS = 5_000;
/** Without a look for so long, the server, its database or the machine was away: hosts could not be heard, and the clock may be another one. */
const LOOK_GAP_MILLISECONDS = 30_000;
/** Which hosts a group has is asked of its fleet, which may be another's: as seldom as that. */
const GROUPS_KEPT_MILLISECONDS = 30_000;

export interface AgentUpgradesDependencies extends Omit<ObservingParts, "now"> {
  readonly timers: Timers;
  readonly signingKey: SpecificationSigningKey;
  readonly findAgentProgram: FindAgentProgram;
  readonly onError: (error: unknown) => void;
}

interface KeptGroups {
  readonly upgradeId: string;
  readonly at: number;
  readonly found: readonly GuardedGroup[];
  readonly limits: readonly AgentUpgradeLimit[];
}

/**
 * Gives hosts their turns, offers them the program, and hears what became of it. All that it knows is in the database: a server that dies loses
 * nothing, and several do this together, since each step is planned under the lock of its upgrade.
 */
export class AgentUpgrades {
  readonly #dependencies: AgentUpgradesDependencies;
  readonly #parts: ObservingParts;
  readonly #onError: (error: unknown) => void;
  readonly #loop: PacedLoop;
  readonly #offers: AgentOffers;
  #lookedAt = 0;
  #heardSince = 0;
  #groups: KeptGroups | undefined;

  constructor(dependencies: AgentUpgradesDependencies) {
    const { timers, onError } = dependencies;
    this.#dependencies = dependencies;
    this.#parts = { ...dependencies, now: timers.now };
    this.#onError = sparseErrors(onError, timers.now);
    this.#offers = new AgentOffers(dependencies.signingKey, timers.now);
    this.#loop = new PacedLoop({ timers, onError: this.#onError, turn: () => this.#turn() });
  }

  start(): void {
    this.#loop.wake();
  }

  /** An upgrade began, was stopped, or one of its hosts said something. */
  wake(): void {
    this.#loop.wake();
  }

  /** A host's heartbeat: what it says of its agent is written down. Answers what to offer it. */
  async heard(host: AgentFacts, report: AgentUpgradeReport | undefined): Promise<SignedAgentOffer | undefined> {
    const { store, timers } = this.#dependencies;
    if (await takeAgentReport(store, host, report, timers.now())) this.wake();
    return report === undefined ? this.#offers.of(host.host_id) : undefined;
  }

  /** What groups hold an upgrade up by, as far as they were asked. */
  limitsOf({ upgrade_id: upgradeId, active }: AgentUpgradeRow): readonly AgentUpgradeLimit[] {
    return active === 1 && this.#groups?.upgradeId === upgradeId ? this.#groups.limits : [];
  }

  async close(): Promise<void> {
    await this.#loop.close();
  }

  async #turn(): Promise<Pace> {
    const { store, timers } = this.#dependencies;
    const row = await findActiveUpgrade(store.db);
    const now = timers.now();
    if (Math.abs(now - this.#lookedAt) > LOOK_GAP_MILLISECONDS) this.#heardSince = now;
    this.#lookedAt = now;
    if (!row) {
      this.#offers.clear();
      return sleepFor(IDLE_LOOK_MILLISECONDS);
    }
    const withheld = await this.#withheld(row);
    const hosts = await this.#advance(row, await hostsOfUpgrade(store.db, row.upgrade_id), withheld);
    await this.#offer(row, hosts, withheld);
    return sleepFor(UPGRADE_LOOK_MILLISECONDS);
  }

  /** Plans on what was read, and again under the lock if there is something to do. Answers the hosts as they are then. */
  async #advance(
    row: AgentUpgradeRow,
    hosts: readonly AgentUpgradeHostRow[],
    withheld: UpgradeObservation["withheld"],
  ): Promise<readonly AgentUpgradeHostRow[]> {
    const { store, timers } = this.#dependencies;
    const observation = { ...(await this.#observe(row, hosts)), withheld };
    const first = planUpgrade(stateOf(row, hosts), observation, timers.now());
    if (first.hosts.length === 0 && first.upgrade === null) return hosts;
    await store.write(async (transaction) => {
      const current = await lockUpgrade(transaction, row.upgrade_id);
      if (current?.active !== 1) return;
      const present = await hostsOfUpgrade(transaction.db, row.upgrade_id);
      const steps = planUpgrade(stateOf(current, present), observation, timers.now());
      for (const { hostId, change } of steps.hosts) {
        await changeUpgradeHost(transaction, { upgrade_id: row.upgrade_id, host_id: hostId }, change);
      }
      if (steps.upgrade) await changeUpgrade(transaction, row.upgrade_id, steps.upgrade);
    });
    return hostsOfUpgrade(store.db, row.upgrade_id);
  }

  async #observe(
    row: AgentUpgradeRow,
    hosts: readonly AgentUpgradeHostRow[],
  ): Promise<Omit<UpgradeObservation, "withheld">> {
    const hostIds = hosts.map((host) => host.host_id);
    const groups = await this.#groupsOf(row, new Set(hostIds));
    return {
      agents: await observeAgents(this.#parts, hostIds),
      groups,
      ...(await observeGroups(this.#parts, groups)),
      heardSince: this.#heardSince,
    };
  }

  async #groupsOf(row: AgentUpgradeRow, hostIds: ReadonlySet<string>): Promise<readonly GuardedGroup[]> {
    const upgradeId = row.upgrade_id;
    const now = this.#dependencies.timers.now();
    const kept = this.#groups;
    if (kept?.upgradeId === upgradeId && now - kept.at < GROUPS_KEPT_MILLISECONDS) return kept.found;
    const found = await guardedGroups(this.#parts, hostIds);
    const limits = groupLimits(found, hostIds, AGENT_UPGRADE_REQUEST.read(row).batchSize);
    this.#groups = { upgradeId, at: now, found, limits };
    return found;
  }

  /** The programs of other servers may be others, and files may be replaced: only what the upgrade began with is offered, and only by those who have it. */
  async #withheld(row: AgentUpgradeRow): Promise<UpgradeObservation["withheld"]> {
    const withheld = new Map<string, string>();
    for (const { platform, sha256: fileSha256 } of AGENT_PROGRAMS.read(row)) {
      const found = await this.#dependencies.findAgentProgram(platform, row.version);
      if (!isMissing(found) && found.sha256 === fileSha256) continue;
      const why = isMissing(found)
        ? `it does not have it any more. ${found.cure}`
        : "its file was replaced since the upgrade began. Start another upgrade: sluice agents stop-upgrade, then sluice agents upgrade";
      withheld.set(platform, `the server cannot offer the agent ${row.version} for ${platform}: ${why}`);
    }
    return withheld;
  }

  async #offer(
    row: AgentUpgradeRow,
    hosts: readonly AgentUpgradeHostRow[],
    withheld: UpgradeObservation["withheld"],
  ): Promise<void> {
    const { store, liveness } = this.#dependencies;
    const offered = hosts.filter(({ state }) => state === "offered").map((host) => host.host_id);
    if (offered.length > 0) for (const reason of withheld.values()) this.#onError(new Error(reason));
    const rows = await findHosts(store.db, offered);
    await this.#offers.keep(
      row,
      rows.filter((host) => host.retired_at === null).map((host) => liveness.withHeard(host)),
      AGENT_PROGRAMS.read(row).filter(({ platform }) => !withheld.has(platform)),
    );
  }
}

function stateOf(row: AgentUpgradeRow, hosts: readonly AgentUpgradeHostRow[]): UpgradeState {
  const { batchSize, allowDowngrade } = AGENT_UPGRADE_REQUEST.read(row);
  return {
    version: row.version,
    status: row.status,
    endStatus: row.end_status,
    batchSize,
    allowDowngrade,
    platforms: new Set(AGENT_PROGRAMS.read(row).map(({ platform }) => platform)),
    createdAt: row.created_at,
    hosts,
  };
}
