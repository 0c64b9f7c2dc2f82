import type { AlarmReading, AlarmState } from "@sluice/engine/ports/alarm-reader.ts";
import type { AlarmView } from "@sluice/wire/sluice/console-api.ts";

const STATES: Readonly<Record<AlarmState, string>> = {
  ok: "OK",
  alarm: "ALARM",
  "insufficient-data": "INSUFFICIENT_DATA",
  unknown: "UNREADABLE",
  unreadable: "UNREADABLE",
};

const CURE = "Check the alarm's name, and who serves it: the bindings of the port alarm-reader in sluice.yml.";

/** @param reading an error is why it cannot be read; undefined: it has not been read yet */
export function alarmView(name: string, reading: AlarmReading | Error | undefined): AlarmView {
  if (reading === undefined) return { name, state: "INSUFFICIENT_DATA", detail: "It has not been read yet." };
  if (reading instanceof Error) return { name, state: "UNREADABLE", detail: `${sentence(reading.message)} ${CURE}` };
  const { state, detail } = reading;
  if (state === "unknown") {
    const what = detail || "The monitoring system knows no such alarm";
    return { name, state: STATES[state], detail: `${sentence(what)} ${CURE}` };
  }
  return { name, state: STATES[state], ...(detail ? { detail } : {}) };
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
