import type { EcsService, ServiceFacts } from "@sluice/engine/ports/task-sets.ts";
import type { PairTraffic, TargetGroupPair } from "@sluice/engine/ports/weighted-router.ts";
import { boundPort, type ShiftPorts } from "./shift-ports.ts";

/** How long an answer is told again: whoever polls a deployment's target asks ECS no oftener than this. */
const KEPT_MILLISECONDS = 1_000;
/** How long a caller waits for ECS, and then is told what is stored. */
const LOOK_TIMEOUT_MILLISECONDS = 2_000;
/** Answers that are kept at once. */
const MAX_KEPT_LOOKS = 200;

/** What is known of a service and its traffic at this moment. */
export interface EcsServiceNow {
  /** Null: there is no such service. Undefined: nobody can say now. */
  readonly service: ServiceFacts | null | undefined;
  /** Undefined: nobody can say now, or nobody was asked. */
  readonly traffic: PairTraffic | undefined;
}

/** Services as they are now, for people who look. Nothing is decided by it. */
export interface EcsServices {
  /** Never rejects, and takes no longer than the time-out: what cannot be found out is undefined. @param pair null: the traffic is not asked for */
  look(service: EcsService, pair: TargetGroupPair | null): Promise<EcsServiceNow>;
}

interface Look {
  readonly at: number;
  readonly now: Promise<EcsServiceNow>;
}

/** @param now epoch milliseconds */
export function liveEcsServices(ports: ShiftPorts, now: () => number): EcsServices {
  const looks = new Map<string, Look>();
  return {
    look(service, pair) {
      const key = JSON.stringify([service, pair]);
      const known = looks.get(key);
      // A clock that was set back makes an answer no younger.
      if (known && Math.abs(now() - known.at) < KEPT_MILLISECONDS) return known.now;
      looks.delete(key);
      const look = { at: now(), now: lookAt(ports, service, pair) };
      looks.set(key, look);
      const oldest = looks.keys().next().value;
      if (looks.size > MAX_KEPT_LOOKS && oldest !== undefined) looks.delete(oldest);
      return look.now;
    },
  };
}

async function lookAt(ports: ShiftPorts, service: EcsService, pair: TargetGroupPair | null): Promise<EcsServiceNow> {
  const signal = AbortSignal.timeout(LOOK_TIMEOUT_MILLISECONDS);
  const [facts, traffic] = await Promise.all([
    inTime(async () => (await boundPort(ports, "taskSets").describe(service, signal)) ?? null, signal),
    inTime(async () => (pair ? boundPort(ports, "weightedRouter").describe(pair, signal) : undefined), signal),
  ]);
  return { service: facts, traffic };
}

/** Also of a driver that does not look at its signal. */
async function inTime<Value>(ask: () => Promise<Value>, signal: AbortSignal): Promise<Value | undefined> {
  let giveUp = () => {};
  const late = new Promise<undefined>((resolve) => {
    giveUp = () => resolve(undefined);
    signal.addEventListener("abort", giveUp);
  });
  try {
    return await Promise.race([ask(), late]);
  } catch {
    // Not known is an answer here; whoever needs the service hears from the deployment why it is away.
    return undefined;
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}
