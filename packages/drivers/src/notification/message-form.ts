import * as v from "valibot";
import { text } from "../settings-schema.ts";

/**
 * How a message is spelled. `documented`: as AWS's guide prints it, with nested objects, numbers as text and times in epoch seconds.
 * `observed`: as CodeDeploy was seen to send it, with nested values as JSON text, dates in words and statuses in capitals.
 */
export const MESSAGE_FORM_SETTING = v.pipe(
  text("documented or observed"),
  v.picklist(
    ["documented", "observed"],
    ({ input }) =>
      `has the value ${JSON.stringify(input)}: give documented (as AWS's guide prints messages) or observed (as CodeDeploy sends them)`,
  ),
);

export type MessageForm = v.InferOutput<typeof MESSAGE_FORM_SETTING>;

type Message = Readonly<Record<string, unknown>>;

/** The body in another form. Bodies come in the documented one. */
export function inForm(body: string, form: MessageForm | undefined): string {
  return form === "observed" ? JSON.stringify(observed(JSON.parse(body) as Message)) : body;
}

const TIMES = new Set(["createTime", "completeTime", "lastUpdatedAt"]);
const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function observed(message: Message): Message {
  const isFailure = message.status === "Failed";
  const complete = isFailure && message.rollbackInformation === undefined ? { rollbackInformation: {} } : {};
  return Object.fromEntries(
    Object.entries({ ...message, ...complete }).map(([name, value]) => [name, observedValue(name, value)]),
  );
}

function observedValue(name: string, value: unknown): unknown {
  if (name === "status" && typeof value === "string") return inCapitals(value);
  if (TIMES.has(name) && typeof value === "string") return dateInWords(value);
  if (name === "deploymentOverview") return JSON.stringify(numbersOf(value as Message));
  if (name === "lifecycleEvents") return JSON.stringify((value as Message[]).map(withDatesInWords));
  return typeof value === "object" && value !== null ? JSON.stringify(value) : value;
}

/** `InProgress` is `IN_PROGRESS`. */
export function inCapitals(status: string): string {
  return status.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase();
}

function numbersOf(counts: Message): Message {
  return Object.fromEntries(Object.entries(counts).map(([status, count]) => [status, Number(count)]));
}

function withDatesInWords(event: Message): Message {
  return Object.fromEntries(
    Object.entries(event).map(([name, value]) => [name, name.endsWith("Time") ? dateInWords(String(value)) : value]),
  );
}

/** `Thu Oct 13 15:50:45 UTC 2022` of epoch seconds. */
function dateInWords(epochSeconds: string): string {
  const date = new Date(Number(epochSeconds) * 1_000);
  const time = date.toISOString().slice(11, 19);
  const day = String(date.getUTCDate()).padStart(2, "0");
  return `${WEEKDAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${day} ${time} UTC ${date.getUTCFullYear()}`;
}
