import type { Executor, PlannedEvent } from "@sluice/engine/planned-event.ts";
import type { CommandState, InstanceLabel, LifecycleEventState } from "@sluice/engine/state.ts";
import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import { LIFECYCLE_EVENT_WORDS, STATUS_WORDS } from "./short-words.ts";
import { restoreDiagnostics, type StoredDiagnostics, storeDiagnostics } from "./stored-diagnostics.ts";
import { usualExecutor } from "./usual-executor.ts";

/** [name, status, start, end, diagnostics, unusual]: times in milliseconds after the target's own; what is missing at the end is null. */
export type StoredLifecycleEvent = readonly [
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

export type StoredCommand = Omit<CommandState, "by"> & { readonly by?: Executor | undefined };

/** As it was written before there was a short form, and before it was written who carries an event out. */
export type UnshortenedEvent = Omit<LifecycleEventState, "by" | "awaitsLeave">;

/** @param origin the target's own time, epoch milliseconds; `label`: the host's */
export function storeLifecycleEvent(
  event: LifecycleEventState,
  origin: number,
  label: InstanceLabel | null,
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

export function readLifecycleEvent(
  [word, status, startedAt, endedAt, diagnostics, unusual]: StoredLifecycleEvent,
  origin: number,
  label: InstanceLabel | null,
): LifecycleEventState {
  const name: LifecycleEventName = LIFECYCLE_EVENT_WORDS.restore(word);
  // Written out: each host of each report has many of these.
  const event: LifecycleEventState = {
    name,
    by: unusual?.by ?? usualExecutor(name),
    status: STATUS_WORDS.restore(status),
    startedAt: startedAt == null ? null : startedAt + origin,
    endedAt: endedAt == null ? null : endedAt + origin,
    diagnostics: diagnostics == null ? null : restoreDiagnostics(diagnostics),
  };
  return (unusual?.awaitsLeave ?? usuallyAwaitsLeave(name, label)) ? { ...event, awaitsLeave: true } : event;
}

export function readUnshortenedEvent(event: UnshortenedEvent, label: InstanceLabel | null): LifecycleEventState {
  const read = { ...event, by: usualExecutor(event.name) };
  return usuallyAwaitsLeave(event.name, label) ? { ...read, awaitsLeave: true } : read;
}

export function storeCommand(command: CommandState): StoredCommand {
  return command.by === usualExecutor(command.event) ? { ...command, by: undefined } : command;
}

export function readCommand(command: StoredCommand): CommandState {
  return { ...command, by: command.by ?? usualExecutor(command.event) };
}

/** Undefined: the event is planned as it mostly is. */
function unusualPlan({ name, by, awaitsLeave }: PlannedEvent, label: InstanceLabel | null): UnusualPlan | undefined {
  const isUsual = by === usualExecutor(name);
  const awaits = awaitsLeave ?? false;
  if (awaits === usuallyAwaitsLeave(name, label)) return isUsual ? undefined : { by };
  return { ...(isUsual ? {} : { by }), awaitsLeave: awaits };
}

/** A replacement host waits for its traffic. */
function usuallyAwaitsLeave(name: LifecycleEventName, label: InstanceLabel | null): boolean {
  return label === "Green" && name === "BeforeAllowTraffic";
}
