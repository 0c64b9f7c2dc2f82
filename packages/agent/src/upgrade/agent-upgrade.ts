import { createHash } from "node:crypto";
import { isProgramPlatform } from "@sluice/model/program-platforms.ts";
import type { AgentUpgradeReport, SignedAgentOffer } from "@sluice/wire/sluice/agent-upgrade-api.ts";
import { AGENT_VERSION } from "../identity/agent-version.ts";
import { describeFailure } from "../process/agent-log.ts";
import { confirmTrial, endTrial, readTrial } from "./trial-files.ts";
import type { AgentSaying, AgentUpgradeParts } from "./upgrade-parts.ts";

const BY_HAND =
  "its agent was started by hand, from a checkout or by a package, so nothing would start the new program. Join the host with the line of `sluice token create` (it keeps its id), or install the new package: apt-get install ./sluice_VERSION_ARCHITECTURE.deb";

/**
 * This agent's own replacement: what it says of it, the offer that it takes, and the trial in which it runs itself. What does all that is loaded with the
 * first offer.
 */
export class AgentUpgrade {
  readonly #parts: AgentUpgradeParts;
  readonly #platform = `${process.platform}-${process.arch}`;
  #report: AgentUpgradeReport | undefined;
  /** The offer that was taken or refused, by its upgrade and by what came: one that comes again is no news. */
  #dealtWith: ReadonlySet<string> = new Set();
  #isAtWork = false;
  #isOnTrial = false;
  #changed = new AbortController();

  constructor(parts: AgentUpgradeParts) {
    this.#parts = parts;
    const trial = readTrial(parts.directory);
    if (trial === undefined) return;
    const { version } = trial;
    if (trial.restored !== undefined) {
      this.#report = sayable({ version, state: "restored", reason: trial.restored });
      if (this.#report === undefined) endTrial(parts.directory);
    } else if (version !== AGENT_VERSION) {
      // The supervisor could not put the program in its place, and this one must not be on trial for it.
      endTrial(parts.directory);
      const reason = `the supervisor started ${AGENT_VERSION} again, not ${version}`;
      this.#report = sayable({ version, state: "failed", reason });
    } else if (trial.isConfirmed) this.#report = { version, state: "done" };
    else this.#isOnTrial = true;
    if (this.#report) parts.log.info("the last upgrade of this agent", { ...this.#report });
  }

  /** Aborts when there is something new to say; a new signal each time. */
  get changed(): AbortSignal {
    return this.#changed.signal;
  }

  said(): AgentSaying {
    if (!isProgramPlatform(this.#platform)) return {};
    return {
      agentPlatform: this.#platform,
      ...(this.#parts.programs === undefined && { agentUpgradeObstacle: BY_HAND }),
      ...(this.#report && { agentUpgrade: this.#report }),
    };
  }

  /** The server has written it down. */
  heard(said: AgentUpgradeReport | undefined): void {
    if (said === undefined || said !== this.#report) return;
    const isOver = said.state === "done" || said.state === "restored";
    if (isOver) endTrial(this.#parts.directory);
    // Whatever else it may be told meanwhile, a host that downloads says so until it is done.
    if (isOver || said.state === "failed") this.#report = undefined;
  }

  /** The server has answered a poll: the new program works. */
  confirm(): void {
    if (!this.#isOnTrial) return;
    this.#isOnTrial = false;
    const { directory, log } = this.#parts;
    try {
      confirmTrial(directory);
      log.info("the new agent works, and stays", { version: AGENT_VERSION });
      this.#say({ version: AGENT_VERSION, state: "done" });
    } catch (error) {
      // The supervisor will restore the previous program, which reports it.
      log.error("cannot confirm that the new agent works", { problem: describeFailure(error) });
    }
  }

  /** The server offers a program. It comes with each answer until it is taken. */
  offered(offer: SignedAgentOffer): void {
    const { stopping, log } = this.#parts;
    if (this.#isAtWork || this.#isOnTrial || stopping.aborted || this.#parts.programs === undefined) return;
    const name = nameOf(offer);
    if (this.#dealtWith.has(name)) return;
    this.#isAtWork = true;
    void this.#take(offer, name)
      .catch((error: unknown) => log.error("an offered program was not taken", { problem: describeFailure(error) }))
      .finally(() => {
        this.#isAtWork = false;
      });
  }

  async #take(offer: SignedAgentOffer, name: string): Promise<void> {
    const { takeOffer } = await import("./take-offer.ts");
    const { onSwitch, log } = this.#parts;
    const outcome = await takeOffer(offer, {
      ...this.#parts,
      programs: this.#parts.programs ?? "",
      platform: this.#platform,
      isDealtWith: (upgradeId) => this.#dealtWith.has(upgradeId),
      say: (report) => this.#say(report),
    });
    if (outcome === undefined) return;
    this.#dealtWith = new Set([name, ...(outcome.upgradeId === undefined ? [] : [outcome.upgradeId])]);
    this.#say(outcome.report);
    if (outcome.report.state === "restarted") {
      log.info("the agent ends, so that its supervisor starts the new one", { version: outcome.report.version });
      onSwitch();
    } else if (outcome.report.state === "failed") {
      log.error("the offered agent was not taken", { version: outcome.report.version, problem: outcome.report.reason });
    }
  }

  #say(report: AgentUpgradeReport): void {
    const sayableReport = sayable(report);
    if (sayableReport === undefined) return;
    this.#report = sayableReport;
    const previous = this.#changed;
    this.#changed = new AbortController();
    previous.abort();
  }
}

/** An offer that is signed anew is the same one, where the server names it. */
function nameOf({ upgradeId, envelope }: SignedAgentOffer): string {
  return upgradeId ?? createHash("sha256").update(envelope).digest("hex");
}

/**
 * Undefined where the version is not known, since an earlier server's offer could not be read or upgrade.json is damaged: the server would refuse the whole heartbeat, and
 * take the host for one that is away.
 */
function sayable(report: AgentUpgradeReport): AgentUpgradeReport | undefined {
  return report.version === "" ? undefined : report;
}
