import type { CommandState, LifecycleEventState, TargetState } from "@sluice/engine/state.ts";
import { LIFECYCLE_EVENT_WORDS, STATUS_WORDS } from "./short-words.ts";
import { restoreDiagnostics, type StoredDiagnostics, storeDiagnostics } from "./stored-diagnostics.ts";

/** [name, status, start, end, diagnostics]: times in milliseconds after the target's own; what is missing at the end is null. */
type StoredLifecycleEvent = readonly [
  name: string,
  status: string,
  startedAt?: number | null,
  endedAt?: number | null,
  diagnostics?: StoredDiagnostics,
];

/** What differs from target to target, in a fixed order. What a later version adds comes at the end. */
type StoredTarget = readonly [
  form: 1,
  targetId: string,
  hostName: string,
  status: string,
  updatedAt: number,
  lifecycleEvents: readonly StoredLifecycleEvent[],
  command: CommandState | null,
  rest: Rest,
];

/** Left out where it is as it mostly is. */
type Rest = Partial<Omit<TargetState, keyof typeof IN_PLACE_OF>>;

/** The members that have a place of their own. */
const IN_PLACE_OF = {
  targetId: 1,
  hostName: 2,
  status: 3,
  updatedAt: 4,
  lifecycleEvents: 5,
  command: 6,
} as const;

const USUAL = {
  kind: "instance",
  zone: null,
  label: null,
  wasHealthy: true,
  revisionHealth: "Current",
  agentIssue: false,
} as const satisfies Rest;

export function storeTarget(target: TargetState): string {
  const { targetId, hostName, status, updatedAt, lifecycleEvents, command, ...others } = target;
  const rest = Object.fromEntries(
    Object.entries(others).filter(([name, value]) => (USUAL as Record<string, unknown>)[name] !== value),
  ) as Rest;
  const stored: StoredTarget = [
    1,
    targetId,
    hostName,
    STATUS_WORDS.shorten(status),
    updatedAt,
    lifecycleEvents.map((event) => storeLifecycleEvent(event, updatedAt)),
    command,
    rest,
  ];
  return JSON.stringify(stored);
}

/** Also as it was stored before there was a short form: as an object. */
export function readStoredTarget(json: string): TargetState {
  const stored = JSON.parse(json) as StoredTarget | TargetState;
  if (!Array.isArray(stored)) return stored as TargetState;
  const [form, targetId, hostName, status, updatedAt, lifecycleEvents, command, rest] = stored as StoredTarget;
  if (form !== 1) {
    throw new Error(`target ${targetId} is stored in form ${form}, which this version of Sluice cannot read`);
  }
  return {
    targetId,
    hostName,
    status: STATUS_WORDS.restore(status),
    updatedAt,
    lifecycleEvents: lifecycleEvents.map((event) => readLifecycleEvent(event, updatedAt)),
    command,
    ...USUAL,
    ...rest,
  };
}

function storeLifecycleEvent(event: LifecycleEventState, origin: number): StoredLifecycleEvent {
  const name = LIFECYCLE_EVENT_WORDS.shorten(event.name);
  const status = STATUS_WORDS.shorten(event.status);
  const startedAt = event.startedAt === null ? null : event.startedAt - origin;
  const endedAt = event.endedAt === null ? null : event.endedAt - origin;
  if (event.diagnostics !== null) return [name, status, startedAt, endedAt, storeDiagnostics(event.diagnostics)];
  if (endedAt !== null) return [name, status, startedAt, endedAt];
  if (startedAt !== null) return [name, status, startedAt];
  return [name, status];
}

function readLifecycleEvent(
  [name, status, startedAt = null, endedAt = null, diagnostics]: StoredLifecycleEvent,
  origin: number,
): LifecycleEventState {
  return {
    name: LIFECYCLE_EVENT_WORDS.restore(name),
    status: STATUS_WORDS.restore(status),
    startedAt: startedAt === null ? null : startedAt + origin,
    endedAt: endedAt === null ? null : endedAt + origin,
    diagnostics: diagnostics === undefined ? null : restoreDiagnostics(diagnostics),
  };
}
