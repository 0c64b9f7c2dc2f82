import { formatHostCommandIdentifier, parseHostCommandIdentifier } from "@sluice/model/host-command.ts";
import { IN_PLACE_EVENTS } from "@sluice/model/lifecycle-event.ts";
import { pollHostCommand } from "@sluice/server/operations/command/poll-host-command.ts";
import { putHostCommandAcknowledgement } from "@sluice/server/operations/command/put-host-command-acknowledgement.ts";
import { putHostCommandComplete } from "@sluice/server/operations/command/put-host-command-complete.ts";
import { hostHeartbeat } from "@sluice/server/operations/sluice/host-heartbeat.ts";
import type { HostCommand } from "@sluice/wire/command/command-api.ts";
import { POLL_TIMEOUT_MILLISECONDS, Refused, Unanswered } from "../simulated-network.ts";
import type { AgentParts } from "./simulated-agent.ts";

const HEARTBEAT_MILLISECONDS = 5_000;

/** A host that says whatever comes to its mind: it runs nothing, and reports what it never did, twice, differently, for others. */
export class LyingAgent {
  readonly #parts: AgentParts;
  readonly #otherHosts: readonly string[];
  #isRunning = false;
  #held: string[] = [];

  constructor(parts: AgentParts, otherHosts: readonly string[]) {
    this.#parts = parts;
    this.#otherHosts = otherHosts;
    parts.ledger.liars.add(parts.hostId);
  }

  start(): void {
    this.#isRunning = true;
    void this.#poll();
    void this.#beat();
  }

  stop(): void {
    this.#isRunning = false;
  }

  async #poll(): Promise<void> {
    const { time, random, network, hostId, hostIdentifier } = this.#parts;
    while (this.#isRunning) {
      const answer = await this.#attempt(
        network.call(
          hostId,
          (server, line) =>
            pollHostCommand(
              { HostIdentifier: hostIdentifier },
              server.command(hostId, line.signal, line.onUndelivered),
            ),
          POLL_TIMEOUT_MILLISECONDS,
        ),
      );
      if (answer?.HostCommand) await this.#misbehave(answer.HostCommand);
      await time.sleep(random.integer(1, 1_000));
    }
  }

  async #beat(): Promise<void> {
    const { time, random, network, hostId, hostIdentifier } = this.#parts;
    while (this.#isRunning) {
      const heldCommands = random.chance(0.7) ? this.#held : [];
      await this.#attempt(
        network.call(hostId, (server, line) =>
          hostHeartbeat({ hostIdentifier, heldCommands }, server.sluice(hostId, line.signal)),
        ),
      );
      await time.sleep(HEARTBEAT_MILLISECONDS);
    }
  }

  async #misbehave(command: HostCommand): Promise<void> {
    const { random } = this.#parts;
    const commandId = command.HostCommandIdentifier;
    const key = parseHostCommandIdentifier(commandId);
    if (!key) return;
    this.#held = [commandId];
    switch (random.chance(0.5) ? 2 : random.integer(0, 8)) {
      case 0: // completes what it never acknowledged
        await this.#complete(commandId, random.chance(0.7));
        return;
      case 1: // acknowledges twice, by two offers
        await this.#acknowledge(commandId);
        await this.#acknowledge(formatHostCommandIdentifier({ ...key, offer: "forged" }));
        await this.#complete(commandId, true);
        return;
      case 2: // completes twice, differently
        await this.#acknowledge(commandId);
        await this.#complete(commandId, true);
        await this.#complete(commandId, false);
        return;
      case 6: // does so at once
        await Promise.all([this.#complete(commandId, true), this.#complete(commandId, false)]);
        return;
      case 3: // speaks for another host
        await this.#acknowledge(formatHostCommandIdentifier({ ...key, targetId: random.pick(this.#otherHosts) }));
        await this.#complete(formatHostCommandIdentifier({ ...key, targetId: random.pick(this.#otherHosts) }), true);
        return;
      case 4: // completes events whose turn has not come
        for (const event of IN_PLACE_EVENTS) {
          await this.#complete(formatHostCommandIdentifier({ ...key, event }), random.chance(0.9));
        }
        return;
      case 5: // acknowledges, and never comes back to it
        await this.#acknowledge(commandId);
        return;
      default: // says that it went well, having run nothing
        await this.#acknowledge(commandId);
        await this.#complete(commandId, true);
    }
  }

  async #acknowledge(commandId: string): Promise<void> {
    const { network, hostId } = this.#parts;
    await this.#attempt(
      network.call(hostId, (server, line) =>
        putHostCommandAcknowledgement(
          { HostCommandIdentifier: commandId },
          server.command(hostId, line.signal, line.onUndelivered),
        ),
      ),
    );
  }

  async #complete(commandId: string, succeeded: boolean): Promise<void> {
    const { network, hostId, random } = this.#parts;
    // What comes with the answer it does not look at.
    const TakesNextCommand = random.chance(0.3);
    const payload = { error_code: succeeded ? 0 : 4, script_name: "lie.sh", message: "a lie", log: "" };
    await this.#attempt(
      network.call(hostId, (server, line) =>
        putHostCommandComplete(
          {
            HostCommandIdentifier: commandId,
            TakesNextCommand,
            CommandStatus: succeeded ? "Succeeded" : "Failed",
            Diagnostics: { Format: "JSON", Payload: JSON.stringify(payload) },
          },
          server.command(hostId, line.signal, line.onUndelivered),
        ),
      ),
    );
  }

  async #attempt<T>(call: Promise<T>): Promise<T | undefined> {
    try {
      return await call;
    } catch (error) {
      if (error instanceof Unanswered || error instanceof Refused) return undefined;
      this.#parts.onTrouble(`a call of a lying host failed: ${error instanceof Error ? error.stack : String(error)}`);
      return undefined;
    }
  }
}
