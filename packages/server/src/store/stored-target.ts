import type { HostTarget, TargetState } from "@sluice/engine/state.ts";
import { STATUS_WORDS } from "./short-words.ts";
import {
  readCommand,
  readLifecycleEvent,
  readUnshortenedEvent,
  type StoredCommand,
  type StoredLifecycleEvent,
  storeCommand,
  storeLifecycleEvent,
  type UnshortenedEvent,
} from "./stored-lifecycle-event.ts";

/** What differs from host to host, in a fixed order. What a later version adds comes at the end. */
type StoredHost = readonly [
  form: 1,
  targetId: string,
  hostName: string,
  status: string,
  updatedAt: number,
  lifecycleEvents: readonly StoredLifecycleEvent[],
  command: StoredCommand | null,
  rest: HostRest,
];

/** A target of another type: its members beside those that all targets have are written as they are. */
type StoredOther = readonly [
  form: 2,
  targetId: string,
  status: string,
  updatedAt: number,
  lifecycleEvents: readonly StoredLifecycleEvent[],
  command: StoredCommand | null,
  rest: OtherRest,
];

type OtherTarget = Exclude<TargetState, HostTarget>;
type OtherRest = OtherTarget extends infer T ? (T extends OtherTarget ? Omit<T, PlacedMember> : never) : never;

/** The members that have a place of their own. */
type PlacedMember = "targetId" | "status" | "updatedAt" | "lifecycleEvents" | "command";

/** Left out where it is as it mostly is. */
type HostRest = Partial<Omit<HostTarget, PlacedMember | "type" | "hostName">>;

type UnshortenedHost = Omit<HostTarget, "type" | "lifecycleEvents" | "command"> & {
  readonly lifecycleEvents: readonly UnshortenedEvent[];
  readonly command: StoredCommand | null;
};

const USUAL = {
  kind: "instance",
  zone: null,
  label: null,
  wasHealthy: true,
  revisionHealth: "Current",
  agentIssue: false,
} as const satisfies HostRest;

export function storeTarget(target: TargetState): string {
  return JSON.stringify(target.type === "host" ? storeHost(target) : storeOther(target));
}

/** Also as it was stored before there was a short form: as an object, of a host. */
export function readStoredTarget(json: string): TargetState {
  const stored = JSON.parse(json) as StoredHost | StoredOther | UnshortenedHost;
  if (!isShort(stored)) return readUnshortened(stored);
  switch (stored[0]) {
    case 1:
      return readHost(stored);
    case 2:
      return readOther(stored);
    default:
      stored satisfies never;
      throw new Error(`target ${stored[1]} is stored in form ${stored[0]}, which this version of Sluice cannot read`);
  }
}

function isShort(stored: StoredHost | StoredOther | UnshortenedHost): stored is StoredHost | StoredOther {
  return Array.isArray(stored);
}

function storeHost(target: HostTarget): StoredHost {
  const { type: _, targetId, hostName, status, updatedAt, lifecycleEvents, command, ...others } = target;
  const rest: HostRest = Object.fromEntries(
    Object.entries(others).filter(([name, value]) => (USUAL as Record<string, unknown>)[name] !== value),
  );
  return [
    1,
    targetId,
    hostName,
    STATUS_WORDS.shorten(status),
    updatedAt,
    lifecycleEvents.map((event) => storeLifecycleEvent(event, updatedAt, others.label)),
    command && storeCommand(command),
    rest,
  ];
}

function readHost([, targetId, hostName, status, updatedAt, events, command, rest]: StoredHost): HostTarget {
  return {
    type: "host",
    targetId,
    hostName,
    status: STATUS_WORDS.restore(status),
    updatedAt,
    lifecycleEvents: events.map((event) => readLifecycleEvent(event, updatedAt, rest.label ?? null)),
    command: command && readCommand(command),
    ...USUAL,
    ...rest,
  };
}

function storeOther({ targetId, status, updatedAt, lifecycleEvents, command, ...rest }: OtherTarget): StoredOther {
  return [
    2,
    targetId,
    STATUS_WORDS.shorten(status),
    updatedAt,
    lifecycleEvents.map((event) => storeLifecycleEvent(event, updatedAt, null)),
    command && storeCommand(command),
    rest,
  ];
}

function readOther([, targetId, status, updatedAt, events, command, rest]: StoredOther): TargetState {
  return {
    ...rest,
    targetId,
    status: STATUS_WORDS.restore(status),
    updatedAt,
    lifecycleEvents: events.map((event) => readLifecycleEvent(event, updatedAt, null)),
    command: command && readCommand(command),
  };
}

function readUnshortened({ lifecycleEvents, command, ...others }: UnshortenedHost): HostTarget {
  return {
    ...others,
    type: "host",
    lifecycleEvents: lifecycleEvents.map((event) => readUnshortenedEvent(event, others.label)),
    command: command && readCommand(command),
  };
}
