import type { Diagnostics } from "@sluice/model/diagnostics.ts";
import { type Form, objectOf } from "@sluice/model/stored-json/form.ts";
import { type Json, parseJson, toJson } from "@sluice/model/stored-json/stored-json.ts";
import { LIFECYCLE_EVENT_WORDS } from "./short-words.ts";
import { restoreDiagnostics, type StoredDiagnostics, storeDiagnostics } from "./stored-diagnostics.ts";

/** What the columns `type` and `body_json` of an event hold. */
export interface StoredEvent {
  readonly type: string;
  readonly body_json: Json<EventBody>;
}

/** An event's members by name, or, of a short type, without their names. */
export type EventBody = Members | readonly unknown[];

export interface ReadableEvent {
  readonly type: string;
  readonly body: Readonly<Record<string, unknown>>;
}

type Members = Readonly<Record<string, unknown>>;

interface ShortForm {
  readonly type: string;
  /** Undefined: the body has something that the short form has no place for. */
  readonly shorten: (body: Members) => readonly unknown[];
  readonly restore: (parts: readonly unknown[]) => Members;
}

const eventWord = (value: unknown) => LIFECYCLE_EVENT_WORDS.shorten(String(value));
const eventName = (part: unknown) => LIFECYCLE_EVENT_WORDS.restore(String(part));

/**
 * The events that come once or more for each host and lifecycle event: nearly all rows there are. A short type has two characters, and
 * never stands for another one later.
 */
const SHORT_FORMS: Readonly<Record<string, ShortForm>> = {
  commandOffered: {
    type: "co",
    shorten: ({ targetId, event, attempt }) => [targetId, eventWord(event), attempt],
    restore: ([targetId, event, attempt]) => ({ targetId, event: eventName(event), attempt }),
  },
  lifecycleEventStarted: {
    type: "es",
    shorten: ({ targetId, event, offer }) => [targetId, eventWord(event), offer],
    restore: ([targetId, event, offer]) => ({ targetId, event: eventName(event), offer }),
  },
  lifecycleEventSucceeded: {
    type: "eo",
    shorten: ({ targetId, event, diagnostics }) => [
      targetId,
      eventWord(event),
      storeDiagnostics(diagnostics as Diagnostics),
    ],
    restore: ([targetId, event, diagnostics]) => ({
      targetId,
      event: eventName(event),
      diagnostics: restoreDiagnostics(diagnostics as StoredDiagnostics),
    }),
  },
  targetSucceeded: {
    type: "to",
    shorten: ({ targetId }) => [targetId],
    restore: ([targetId]) => ({ targetId }),
  },
};

const BY_SHORT_TYPE: ReadonlyMap<string, { readonly name: string; readonly form: ShortForm }> = new Map(
  Object.entries(SHORT_FORMS).map(([name, form]) => [form.type, { name, form }]),
);

const LIST: Form<readonly unknown[]> = {
  problemOf: (value) => (Array.isArray(value) ? null : "it is not a list"),
  complete: (stored) => stored,
};
const OBJECT = objectOf<Members>({});

/** As the column `type` has it; both where a type is stored short today, and was written out before, or is where it does not fit. */
export function storedTypesOf(type: string): readonly string[] {
  const form = SHORT_FORMS[type];
  return form ? [form.type, type] : [type];
}

/** Events that have no short form are stored as they are, like all events of before. */
export function storeEvent({ type, body }: ReadableEvent): StoredEvent {
  const form = SHORT_FORMS[type];
  if (!form) return { type, body_json: toJson(body) };
  const parts = form.shorten(body);
  // A form that an event has outgrown would lose what is new in it.
  if (Object.keys(body).length !== parts.length) return { type, body_json: toJson(body) };
  return { type: form.type, body_json: toJson(parts) };
}

/** @param where names the event, for the message of an `UnreadableColumn` */
export function readStoredEvent({ type, body_json }: StoredEvent, where: () => string): ReadableEvent {
  const place = () => `events.body_json of ${where()}`;
  const short = BY_SHORT_TYPE.get(type);
  if (!short) return { type, body: parseJson(body_json as Json<Members>, OBJECT, place) };
  return { type: short.name, body: short.form.restore(parseJson(body_json as Json<readonly unknown[]>, LIST, place)) };
}
