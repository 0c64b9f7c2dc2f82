import { CallerFault } from "@sluice/model/caller-fault.ts";
import { DiskFailure } from "./mortal-store.ts";
import type { Random } from "./random.ts";
import type { FaultRates } from "./scenario.ts";
import type { ServerDoor } from "./server-door.ts";
import type { SimulatedServer } from "./simulated-server.ts";
import type { SimulatedTime } from "./simulated-time.ts";

/** Late is under way for up to half a minute, so that it is overtaken by what was sent after it. */
export type NetworkFaults = Pick<FaultRates, "requestLost" | "answerLost" | "duplicated" | "late">;

const USUAL_DELAY_MILLISECONDS = 20;
const LATE_DELAY_MILLISECONDS = 30_000;
const CALL_TIMEOUT_MILLISECONDS = 10_000;
export const POLL_TIMEOUT_MILLISECONDS = 30_000;

/** An error of the simulation's own, whose place in the code nobody asks for: finding that out takes longer than the call it ends. */
class Placeless extends Error {
  constructor(message: string) {
    const before = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = before;
  }
}

/** No answer came. The caller cannot know whether the request arrived. */
export class Unanswered extends Placeless {}
/** The server answered with an error that is the caller's. */
export class Refused extends Placeless {}

/** Made once: each would be another error with its place in the code. */
const HUNG_UP = new Unanswered("the caller has hung up");

/** What a request has in hand at the server's end of the line. */
export interface Line {
  /** Aborted when the server notices that the caller has gone. */
  readonly signal: AbortSignal;
  readonly onUndelivered: (action: () => void) => void;
}

export type Request<T> = (server: SimulatedServer, line: Line) => Promise<T>;

export interface NetworkParts {
  readonly time: SimulatedTime;
  readonly random: Random;
  readonly faults: () => NetworkFaults;
  readonly server: () => SimulatedServer | null;
  readonly door: ServerDoor;
  /** A call comes to the door, heard or not; and the server takes it. */
  readonly onKnock: (caller: string) => void;
  readonly onHeard: (caller: string) => void;
  readonly onFault: (fault: keyof NetworkFaults | "cut") => void;
}

/** Between hosts and server. Calls cross, get lost, come twice and come late; who dies at one end is not always noticed at the other. */
export class SimulatedNetwork {
  /** Hosts from which nothing passes for now, in neither direction. */
  readonly cut = new Set<string>();
  readonly #parts: NetworkParts;

  constructor(parts: NetworkParts) {
    this.#parts = parts;
  }

  call<T>(hostId: string, request: Request<T>, timeoutMilliseconds = CALL_TIMEOUT_MILLISECONDS): Promise<T> {
    const { time, random } = this.#parts;
    return new Promise<T>((resolve, reject) => {
      const hangUp = new AbortController();
      const cancelTimeout = time.after(timeoutMilliseconds, () => {
        reject(new Unanswered("no answer in time"));
        // The server is not always told that its caller has gone.
        if (random.chance(0.8)) hangUp.abort(HUNG_UP);
      });
      const settle = (action: () => void) => {
        cancelTimeout();
        action();
      };
      const deliver = (answer: (result: () => void) => void) =>
        this.#deliver(hostId, request, hangUp.signal, answer, resolve, reject);
      if (this.#happens("requestLost")) return;
      time.after(this.#delay(), () => deliver(settle));
      if (this.#happens("duplicated")) time.after(this.#delay(), () => deliver(() => {}));
    });
  }

  #deliver<T>(
    hostId: string,
    request: Request<T>,
    signal: AbortSignal,
    answer: (action: () => void) => void,
    resolve: (result: T) => void,
    reject: (error: unknown) => void,
    isInside = false,
  ): void {
    const { time, random, server: current, onKnock, onHeard, door } = this.#parts;
    if (this.#isCut(hostId)) return;
    if (!isInside) onKnock(hostId);
    if (current() && !door.isClear && !isInside) {
      door.enter(() => this.#deliver(hostId, request, signal, answer, resolve, reject, true));
      return;
    }
    const server = current();
    const fail = (message: string) => time.after(this.#delay(), () => answer(() => reject(new Unanswered(message))));
    if (!server) {
      fail("connection refused");
      return;
    }
    let isOver = false;
    const forget = server.onBreak(() => {
      if (isOver) return;
      isOver = true;
      fail("connection reset");
    });
    server.heard(hostId);
    onHeard(hostId);
    const undelivered: (() => void)[] = [];
    const line = { signal, onUndelivered: (action: () => void) => void undelivered.push(action) };
    const end = (action: () => void) => {
      if (isOver) return;
      isOver = true;
      forget();
      if (this.#isCut(hostId) || this.#happens("answerLost")) {
        // A server that sees its answer fail takes back what it offered; one that does not see it offers it again later.
        if (random.chance(0.5)) for (const undo of undelivered) undo();
        return;
      }
      time.after(this.#delay(), () => answer(action));
    };
    request(server, line).then(
      (result) => end(() => resolve(result)),
      (error: unknown) => end(() => reject(asAnswer(error))),
    );
  }

  #isCut(hostId: string): boolean {
    if (!this.cut.has(hostId)) return false;
    this.#parts.onFault("cut");
    return true;
  }

  #delay(): number {
    const { random } = this.#parts;
    return this.#happens("late")
      ? random.integer(USUAL_DELAY_MILLISECONDS, LATE_DELAY_MILLISECONDS)
      : random.integer(1, USUAL_DELAY_MILLISECONDS);
  }

  #happens(fault: keyof NetworkFaults): boolean {
    const happens = this.#parts.random.chance(this.#parts.faults()[fault]);
    if (happens) this.#parts.onFault(fault);
    return happens;
  }
}

/** An error of the caller's is told to it; one of the server's disk is an internal error, which clients ask again after. */
function asAnswer(error: unknown): unknown {
  if (error instanceof CallerFault) return new Refused(error.message);
  return error instanceof DiskFailure ? new Unanswered("internal error") : error;
}
