import type { Executor, PlannedEvent } from "@sluice/engine/planned-event.ts";
import type { CommandState, InstanceLabel, LifecycleEventState, TargetState } from "@sluice/engine/state.ts";
import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import { LIFECYCLE_EVENT_WORDS, STATUS_WORDS } from "./short-words.ts";
import { restoreDiagnostics, type StoredDiagnostics, storeDiagnostics } from "./stored-diagnostics.ts";
import { usualExecutor } from "./usual-executor.ts";

/** [name, status, start, end, diagnostics, unusual]: times in milliseconds after the target's own; what is missing at the end is null. */
type StoredLifecycleEvent = readonly [
  name: string,
  status: string,
  startedAt?: number | null,
  endedAt?: number | null,
  diagnostics?: StoredDiagnostics | null,
  unusual?: UnusualPlan,
];

/** Where an event is planned otherwise than the same event of a host. */
interface UnusualPlan {
  readonly by?: Executor;
  readonly awaitsLeave?: boolean;
}

type StoredCommand = Omit<CommandState, "by"> & { readonly by?: Executor };

/** What differs from target to target, in a fixed order. What a later version adds comes at the end. */
type StoredTarget = readonly [
  form: 1,
  targetId: string,
  hostName: string,
  status: string,
  updatedAt: number,
  lifecycleEvents: readonly StoredLifecycleEvent[],
  command: StoredCommand | null,
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
    lifecycleEvents.map((event) => storeLifecycleEvent(event, target)),
    command && storeCommand(command),
    rest,
  ];
  return JSON.stringify(stored);
}

/** Also as it was stored before there was a short form: as an object. */
export function readStoredTarget(json: string): TargetState {
  const stored = JSON.parse(json) as StoredTarget | TargetState;
  if (!Array.isArray(stored)) return readUnshortened(stored as TargetState);
  const [form, targetId, hostName, status, updatedAt, lifecycleEvents, command, rest] = stored as StoredTarget;
  if (form !== 1) {
    throw new Error(`target ${targetId} is stored in form ${form}, which this version of Sluice cannot read`);
  }
  return {
    targetId,
    hostName,
    status: STATUS_WORDS.restore(status),
    updatedAt,
    lifecycleEvents: lifecycleEvents.map((event) => readLifecycleEvent(event, updatedAt, rest.label ?? null)),
    command: command && readCommand(command),
    ...USUAL,
    ...rest,
  };
}

function readUnshortened(stored: TargetState): TargetState {
  const { lifecycleEvents, command, label } = stored;
  return {
    ...stored,
    lifecycleEvents: lifecycleEvents.map((event) => ({ ...event, ...planOf(event.name, label, {}) })),
    command: command && readCommand(command),
  };
}

function storeCommand(command: CommandState): StoredCommand {
  const { by, ...others } = command;
  return by === usualExecutor(command.event) ? others : command;
}

function readCommand(command: StoredCommand): CommandState {
  return { ...command, by: command.by ?? usualExecutor(command.event) };
}

/** A replacement host waits for its traffic. */
function usuallyAwaitsLeave(name: LifecycleEventName, label: InstanceLabel | null): boolean {
  return label === "Green" && name === "BeforeAllowTraffic";
}

function planOf(name: LifecycleEventName, label: InstanceLabel | null, unusual: UnusualPlan): PlannedEvent {
  const by = unusual.by ?? usualExecutor(name);
  return (unusual.awaitsLeave ?? usuallyAwaitsLeave(name, label)) ? { name, by, awaitsLeave: true } : { name, by };
}

/** Undefined: the event is planned as it mostly is. */
function unusualPlan({ name, by, awaitsLeave }: PlannedEvent, label: InstanceLabel | null): UnusualPlan | undefined {
  const isUsual = by === usualExecutor(name);
  const awaits = awaitsLeave ?? false;
  if (awaits === usuallyAwaitsLeave(name, label)) return isUsual ? undefined : { by };
  return { ...(isUsual ? {} : { by }), awaitsLeave: awaits };
}

function storeLifecycleEvent(
  event: LifecycleEventState,
  { updatedAt: origin, label }: TargetState,
): StoredLifecycleEvent {
  const name = LIFECYCLE_EVENT_WORDS.shorten(event.name);
  const status = STATUS_WORDS.shorten(event.status);
  const startedAt = event.startedAt === null ? null : event.startedAt - origin;
  const endedAt = event.endedAt === null ? null : event.endedAt - origin;
  const unusual = unusualPlan(event, label);
  if (unusual) {
    const diagnostics = event.diagnostics && storeDiagnostics(event.diagnostics);
    return [name, status, startedAt, endedAt, diagnostics, unusual];
  }
  if (event.diagnostics !== null) return [name, status, startedAt, endedAt, storeDiagnostics(event.diagnostics)];
  if (endedAt !== null) return [name, status, startedAt, endedAt];
  if (startedAt !== null) return [name, status, startedAt];
  return [name, status];
}

function readLifecycleEvent(
  [name, status, startedAt = null, endedAt = null, diagnostics = null, unusual = {}]: StoredLifecycleEvent,
  origin: number,
  label: InstanceLabel | null,
): LifecycleEventState {
  return {
    ...planOf(LIFECYCLE_EVENT_WORDS.restore(name), label, unusual),
    status: STATUS_WORDS.restore(status),
    startedAt: startedAt === null ? null : startedAt + origin,
    endedAt: endedAt === null ? null : endedAt + origin,
    diagnostics: diagnostics === null ? null : restoreDiagnostics(diagnostics),
  };
}
