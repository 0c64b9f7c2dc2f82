import type { EcsService, ServiceFacts } from "@sluice/engine/ports/task-sets.ts";
import type { PairTraffic, TargetGroupPair } from "@sluice/engine/ports/weighted-router.ts";
import { inTime, keptLooks } from "./kept-looks.ts";
import { boundPort, type ShiftPorts } from "./shift-ports.ts";

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

/** @param now epoch milliseconds */
export function liveEcsServices(ports: ShiftPorts, now: () => number): EcsServices {
  const look = keptLooks<readonly [EcsService, TargetGroupPair | null], EcsServiceNow>(
    async ([service, pair], signal) => {
      const [facts, traffic] = await Promise.all([
        inTime(async () => (await boundPort(ports, "taskSets").describe(service, signal)) ?? null, signal),
        inTime(async () => (pair ? boundPort(ports, "weightedRouter").describe(pair, signal) : undefined), signal),
      ]);
      return { service: facts, traffic };
    },
    now,
  );
  return { look: (service, pair) => look([service, pair]) };
}
