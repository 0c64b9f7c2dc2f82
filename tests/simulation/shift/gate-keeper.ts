import type { ShiftAction } from "@sluice/engine/traffic-shift.ts";
import { changeShift } from "@sluice/server/operations/sluice/change-shift.ts";
import { loadTargets, updateTargets } from "@sluice/server/store/targets.ts";
import type { WorldParts } from "../world-parts.ts";
import type { GateLedger } from "./gate-ledger.ts";
import type { ShiftDeployment } from "./shift-scenario.ts";

export interface GateKeeperParts extends Pick<WorldParts, "time" | "line" | "count" | "deployments" | "server"> {
  readonly ledger: GateLedger;
  /** A bug to be found: a pause that was taken is forgotten. */
  readonly forgetsPauses: boolean;
  /** A bug to be found: whoever skips one wait skips two. */
  readonly skipsTwice: boolean;
}

/** A person at the gates of a shift: holds it, lets it go on, hastens it. Nobody leaves one paused. */
export class GateKeeper {
  readonly #parts: GateKeeperParts;

  constructor(parts: GateKeeperParts) {
    this.#parts = parts;
  }

  /** From the moment at which the traffic moves. */
  async keep(deploymentId: string, gates: ShiftDeployment["gates"]): Promise<void> {
    const { time } = this.#parts;
    for (const { action, afterMilliseconds, heldMilliseconds } of gates) {
      await time.sleep(afterMilliseconds);
      if (this.#isOver(deploymentId)) return;
      await this.#ask(deploymentId, action);
      if (action !== "pause") continue;
      await time.sleep(heldMilliseconds);
      await this.#resume(deploymentId);
    }
  }

  async #ask(deploymentId: string, action: ShiftAction): Promise<void> {
    const { line, count } = this.#parts;
    count(`gate ${action}`);
    await line.tryOnce(() => this.#call(deploymentId, action));
    const { forgetsPauses, skipsTwice } = this.#parts;
    if (forgetsPauses && action === "pause") await this.#forget(deploymentId);
    if (skipsTwice && action === "next") await this.#skipAgain(deploymentId);
  }

  async #resume(deploymentId: string): Promise<void> {
    const { line, count } = this.#parts;
    count("gate resume");
    await line.insist(
      () => this.#call(deploymentId, "resume"),
      () => this.#isOver(deploymentId),
    );
  }

  async #call(deploymentId: string, action: ShiftAction): Promise<void> {
    const { line, time, ledger } = this.#parts;
    line.note(`asks of the shift of ${deploymentId}: ${action}`);
    const ask = ledger.asks(deploymentId, action, time.now());
    await line.ask((server, { signal }) => changeShift({ deploymentId, action }, server.sluiceAsRoot(signal)));
    ask.takenAt = time.now();
  }

  #isOver(deploymentId: string): boolean {
    return this.#parts.deployments.all.get(deploymentId)?.row.active !== 1;
  }

  /** The bug: the gate is open again, and nothing says so. */
  async #forget(deploymentId: string): Promise<void> {
    const server = this.#parts.server();
    await server?.store.write(async (transaction) => {
      const targets = (await loadTargets(transaction, deploymentId)) ?? [];
      const open = targets.map((target) =>
        target.type === "host" ? target : { ...target, shift: { ...target.shift, gate: undefined } },
      );
      await updateTargets(transaction, deploymentId, open);
      transaction.afterCommit(() =>
        server.runner.feed.publish({ deploymentId, offered: [], hasEvents: false, isDue: true }),
      );
      await transaction.db
        .updateTable("deployments")
        .set({ wake_at: this.#parts.time.now() })
        .where("deployment_id", "=", deploymentId)
        .where("active", "=", 1)
        .execute();
    });
  }

  /** The bug: as soon as the next step has begun, its wait is over, too. */
  async #skipAgain(deploymentId: string): Promise<void> {
    const { time, server } = this.#parts;
    for (let tries = 0; tries < 50 && !this.#isOver(deploymentId); tries++) {
      await time.sleep(100);
      const up = server();
      if (!up) continue;
      const signal = new AbortController().signal;
      try {
        await changeShift({ deploymentId, action: "next" }, up.sluiceAsRoot(signal));
        return;
      } catch {
        // The step has not begun yet.
      }
    }
  }
}
