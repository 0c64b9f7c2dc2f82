import { compareVersions } from "@sluice/model/compare-versions.ts";
import { SPECIFICATION_FORMAT } from "@sluice/model/deployment-specification.ts";
import {
  AGENT_OFFER_KIND,
  type AgentProgramOffer,
  type SignedAgentOffer,
} from "@sluice/wire/sluice/agent-upgrade-api.ts";
import { type SpecificationSigningKey, signSpecification } from "../signing/specification-envelope.ts";
import type { AgentUpgradeRow } from "../store/agent-upgrades.ts";
import type { AgentProgramFacts } from "../store/columns/agent-upgrade-columns.ts";
import type { HostRow } from "../store/hosts.ts";

/** An offer is signed anew after this, well before agents take it for an old one. */
const SIGNED_FOR_MILLISECONDS = 600_000;

interface Kept {
  readonly upgradeId: string;
  readonly platform: string;
  readonly signedAt: number;
  readonly offer: SignedAgentOffer;
}

/** What the answers to heartbeats offer, by host. Only a copy of what the database says: it is made anew at each look. */
export class AgentOffers {
  readonly #key: SpecificationSigningKey;
  readonly #now: () => number;
  #offers: ReadonlyMap<string, Kept> = new Map();

  constructor(key: SpecificationSigningKey, now: () => number) {
    this.#key = key;
    this.#now = now;
  }

  of(hostId: string): SignedAgentOffer | undefined {
    return this.#offers.get(hostId)?.offer;
  }

  clear(): void {
    this.#offers = new Map();
  }

  /** Offers to these hosts and to no others. @param programs what this server has of them */
  async keep(
    upgrade: AgentUpgradeRow,
    hosts: readonly HostRow[],
    programs: readonly AgentProgramFacts[],
  ): Promise<void> {
    const offers = new Map<string, Kept>();
    for (const host of hosts) {
      const program = programs.find(({ platform }) => platform === host.agent_platform);
      if (program) offers.set(host.host_id, await this.#signed(upgrade, host, program));
    }
    this.#offers = offers;
  }

  async #signed(upgrade: AgentUpgradeRow, host: HostRow, program: AgentProgramFacts): Promise<Kept> {
    const now = this.#now();
    const kept = this.#offers.get(host.host_id);
    const isFresh = kept && Math.abs(now - kept.signedAt) < SIGNED_FOR_MILLISECONDS;
    if (isFresh && kept.upgradeId === upgrade.upgrade_id && kept.platform === program.platform) return kept;
    const offer: AgentProgramOffer = {
      kind: AGENT_OFFER_KIND,
      upgradeId: upgrade.upgrade_id,
      hostIdentifier: host.host_identifier,
      version: upgrade.version,
      ...program,
      isDowngrade: host.agent_version !== null && compareVersions(upgrade.version, host.agent_version) < 0,
      signedAt: new Date(now).toISOString(),
    };
    const envelope = await signSpecification(JSON.stringify(offer), this.#key);
    return {
      upgradeId: upgrade.upgrade_id,
      platform: program.platform,
      signedAt: now,
      offer: { format: SPECIFICATION_FORMAT, envelope, upgradeId: upgrade.upgrade_id, version: upgrade.version },
    };
  }
}
