import type { PlatformWorld } from "./platform.ts";
import type { FaultRates } from "./scenario.ts";
import { SimulatedServer } from "./simulated-server.ts";
import type { WorldParts } from "./world-parts.ts";

const MINUTE = 60_000;
/** Each beyond one of the deadlines: to take an event up, to let traffic in, to finish an event or take traffic away. */
const LONG_OUTAGES_MILLISECONDS = [6, 6, 6, 6, 6, 6, 6, 17, 17, 17, 67].map((minutes) => minutes * MINUTE);

/** Bugs that a test can plant in the server. */
export interface ServerPlants {
  /** The server counts all silence, as if it always heard. */
  readonly alwaysHears?: boolean;
  /** Deadlines count all time. */
  readonly countsOutages?: boolean;
}

/** The server: one life after another over the same store, with whatever is the matter with it. */
export class ServerLives {
  current: SimulatedServer | null = null;
  readonly #parts: WorldParts;
  readonly #platform: PlatformWorld;
  readonly #plants: ServerPlants;
  readonly #isOver: () => boolean;
  #lives = 0;
  #outageUntil = 0;

  /** `isOver`: nobody is at work any more, and a server that dies stays dead. */
  constructor(parts: WorldParts, platform: PlatformWorld, plants: ServerPlants, isOver: () => boolean) {
    this.#parts = parts;
    this.#platform = platform;
    this.#plants = plants;
    this.#isOver = isOver;
  }

  /** When a long outage ends. */
  get outageUntil(): number {
    return this.#outageUntil;
  }

  start(): void {
    const { store, time, random, alarms, door, outages, chronicle, faults, count, onTrouble } = this.#parts;
    this.current = new SimulatedServer({
      store,
      time,
      random,
      alarms,
      door,
      alwaysHears: this.#plants.alwaysHears ?? false,
      countsOutages: this.#plants.countsOutages ?? false,
      ports: (life) => this.#platform.ports(life),
      name: `server-${++this.#lives}`,
      fate: () => {
        const { serverDeath, diskFailure } = faults();
        if (random.chance(serverDeath)) return random.pick(["beforeCommit", "afterCommit"] as const);
        if (!random.chance(diskFailure)) return null;
        count("diskFailure");
        return "diskFailure";
      },
      onDeath: () => {
        this.current = null;
        if (this.#isOver()) return;
        count("serverDeath");
        chronicle.note("server", "dies");
        outages.begin();
        const usual = random.pick([10, 1_000, 20_000, 60_000]);
        time.after(Math.max(usual, this.#outageUntil - time.now()), () => {
          chronicle.note("server", "starts again");
          outages.end();
          this.start();
        });
      },
      onTrouble,
    });
  }

  /** Once a second. */
  haveFaults({ deafServer, slowServer, overrunServer, longOutage }: FaultRates): void {
    const { random } = this.#parts;
    if (random.chance(deafServer)) this.#troubleDoor("deaf");
    if (random.chance(slowServer)) this.#troubleDoor("slow");
    if (random.chance(overrunServer)) this.#troubleDoor("overrun");
    if (random.chance(longOutage)) this.#breakDown();
  }

  #troubleDoor(state: "deaf" | "slow" | "overrun"): void {
    const { time, door, chronicle, count } = this.#parts;
    if (!door.isOpen) return;
    const milliseconds = door.trouble(state);
    count(`${state}Server`);
    chronicle.note("server", `is ${state} for ${milliseconds} ms`);
    time.after(milliseconds, () => door.open());
  }

  /** The server is down, or deaf, for longer than anybody has for what he does. */
  #breakDown(): void {
    const { time, random, door, chronicle, count } = this.#parts;
    if (this.current === null || !door.isOpen) return;
    const milliseconds = random.pick(LONG_OUTAGES_MILLISECONDS);
    this.#outageUntil = time.now() + milliseconds;
    count("longOutage");
    if (random.chance(0.5)) {
      this.current.die();
      return;
    }
    door.trouble("deaf");
    chronicle.note("server", `is deaf for ${milliseconds} ms`);
    time.after(milliseconds, () => door.open());
  }
}
