import type { RevisionHealth, TargetState } from "@sluice/engine/state.ts";
import { RULES } from "../../violation.ts";
import { ENDED, groupOf, targetsOf, type Watched, type WatchedGroup, type WatcherParts } from "../../watched.ts";

/** Between two readings of the alarms, and what a decision may take after one that is not written down at the first attempt. */
const ALARM_POLL_MILLISECONDS = 2_000;
const ALARM_DECISION_MILLISECONDS = 3_000;

const RANK: Readonly<Record<RevisionHealth, string>> = { Unknown: "0", Old: "1", Current: "2" };

/** What the group's past says of a host, and so what the deployment has to take it for. */
function pastOf(group: WatchedGroup, hostId: string): { wasHealthy: boolean; revisionHealth: RevisionHealth } {
  const past = group.health.get(hostId);
  if (!past?.healthy) return { wasHealthy: false, revisionHealth: "Unknown" };
  return { wasHealthy: true, revisionHealth: past.revisionKey === group.currentRevisionKey ? "Current" : "Old" };
}

/** The deployment has found its hosts. `hasRemovals`: a person took hosts away, so nobody can say which it should have found. */
export function checkStart(parts: WatcherParts, watched: Watched, hasRemovals: boolean): void {
  const group = groupOf(parts, watched);
  const { onViolation } = parts;
  const { strategy } = watched.head;
  if (strategy.type === "blue-green-rollback") return;
  for (const { targetId, wasHealthy, revisionHealth } of watched.targets.values()) {
    const expected = pastOf(group, targetId);
    if (expected.wasHealthy === wasHealthy && expected.revisionHealth === revisionHealth) continue;
    const taken = `${targetId} is taken for ${wasHealthy}/${revisionHealth}, and is ${JSON.stringify(expected)}`;
    onViolation(RULES.meant, watched.id, taken);
  }
  const { updateOutdatedInstancesOnly } = watched.request;
  const originals = group.fleets[group.current].filter(
    (hostId) => !updateOutdatedInstancesOnly || pastOf(group, hostId).revisionHealth !== "Current",
  );
  const fleets =
    strategy.type === "in-place"
      ? [{ label: null, meant: originals }]
      : [
          { label: "Green", meant: group.fleets[group.current === 0 ? 1 : 0] },
          { label: "Blue", meant: originals },
        ];
  for (const { label, meant } of fleets) {
    const found = watched.order.filter((hostId) => watched.targets.get(hostId)?.label === label);
    if (!hasRemovals && [...found].sort().join() !== [...meant].sort().join()) {
      onViolation(RULES.meant, watched.id, `has the hosts ${found.join()}, and the group means ${meant.join()}`);
    }
    const keys = found.map((hostId) => {
      const { wasHealthy, revisionHealth } = pastOf(group, hostId);
      return `${wasHealthy ? 1 : 0}${RANK[revisionHealth]}${hostId}`;
    });
    if (keys.join() !== [...keys].sort().join()) {
      onViolation(RULES.order, watched.id, `admits in the order ${keys.join()}`);
    }
  }
}

/** A host was given its first event. */
export function checkAdmission(parts: WatcherParts, watched: Watched, targetId: string, at: number): void {
  watched.admitted.push(targetId);
  const target = watched.targets.get(targetId);
  if (watched.head.strategy.type === "in-place" && watched.head.strategy.zones && target) {
    checkZone(parts, watched, target, watched.head.strategy.zones, at);
  }
}

/** Admitted hosts are the first of their fleet; with zones, the first of the zones in their order. */
export function checkAdmissionOrder({ onViolation }: WatcherParts, watched: Watched): void {
  const { strategy } = watched.head;
  const isZonal = strategy.type === "in-place" && strategy.zones !== null;
  const expected = isZonal
    ? [...watched.order].sort((one, other) => zoneKey(watched, one).localeCompare(zoneKey(watched, other)))
    : watched.order;
  for (const label of [null, "Green", "Blue"]) {
    const ofLabel = (ids: readonly string[]) => ids.filter((hostId) => watched.targets.get(hostId)?.label === label);
    const admitted = ofLabel(watched.admitted);
    const order = ofLabel(expected);
    if (admitted.join() === order.slice(0, admitted.length).join()) continue;
    onViolation(RULES.order, watched.id, `admitted ${admitted.join()}, in another order than ${order.join()}`);
  }
}

/** Hosts without a zone come last. */
function zoneKey({ targets }: Watched, hostId: string): string {
  return targets.get(hostId)?.zone ?? "\uffff";
}

function checkZone(
  { onViolation }: WatcherParts,
  watched: Watched,
  target: TargetState,
  zones: { readonly firstZoneMonitorMilliseconds: number; readonly monitorMilliseconds: number },
  at: number,
): void {
  const key = zoneKey(watched, target.targetId);
  const earlier = targetsOf(watched).filter(({ targetId }) => zoneKey(watched, targetId) < key);
  if (earlier.length === 0) return;
  const open = earlier.filter(({ status }) => !ENDED.includes(status)).map(({ targetId }) => targetId);
  if (open.length > 0) {
    onViolation(
      RULES.zones,
      watched.id,
      `began in ${target.zone} while ${open.join()} were under way in earlier zones`,
    );
  }
  const zoneCount = new Set(earlier.map(({ targetId }) => zoneKey(watched, targetId))).size;
  const monitor = zoneCount === 1 ? zones.firstZoneMonitorMilliseconds : zones.monitorMilliseconds;
  const last = [...new Set(earlier.map(({ targetId }) => zoneKey(watched, targetId)))].sort().at(-1);
  const endedAt = Math.max(
    ...earlier.filter(({ targetId }) => zoneKey(watched, targetId) === last).map(({ updatedAt }) => updatedAt),
  );
  if (at < endedAt + monitor) {
    onViolation(RULES.zones, watched.id, `began in ${target.zone} ${at - endedAt} ms after ${last}, not ${monitor} ms`);
  }
}

/** An alarm that fires halts what its deployment is at, whichever stage that is; a deployment that terminates its originals goes on. */
export function checkAlarm(parts: WatcherParts, watched: Watched): void {
  const { alarms, server, now, lastOutsideFaultAt, onViolation } = parts;
  const { row, head } = watched;
  if (head.alarms === null || head.halt !== null || head.startedAt === null) return;
  if (head.stage === "terminate" && head.wait === null) return;
  const since = alarms.firingSince(row.deployment_group_id);
  const up = server();
  if (since === null || !up) return;
  const knowable = Math.max(since, lastOutsideFaultAt(), up.upSince, head.startedAt);
  const troubles = parts.isCalm ? 0 : 2 * alarms.answerMilliseconds + ALARM_DECISION_MILLISECONDS;
  if (now() - knowable <= ALARM_POLL_MILLISECONDS + 2 * parts.tickMilliseconds + troubles) return;
  onViolation(RULES.alarm, watched.id, `goes on ${now() - since} ms after its alarm began to fire`);
}
