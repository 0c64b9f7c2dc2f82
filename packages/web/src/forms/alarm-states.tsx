import { useEffect, useState } from "react";
import { useOperation } from "../api/use-operation.ts";
import type { Tone } from "../design/status.ts";
import { Badge } from "../design/status-badge.tsx";
import styles from "./alarm-states.module.css";

/** One asks when somebody has stopped typing. */
const TYPING_MILLISECONDS = 500;

const TONES: Readonly<Record<string, Tone>> = { OK: "success", ALARM: "danger", UNREADABLE: "warning" };
const WORDS: Readonly<Record<string, string>> = {
  OK: "OK",
  ALARM: "In alarm",
  INSUFFICIENT_DATA: "Not enough data",
  UNREADABLE: "Cannot be read",
};

/** How the alarms of these names are now. */
export function AlarmStates({ names, ignoresPollFailure }: { names: readonly string[]; ignoresPollFailure: boolean }) {
  const settled = useSettled(names.join("\n"));
  const asked = settled === "" ? [] : settled.split("\n");
  const { data, error } = useOperation(
    "Sluice",
    "ReadAlarms",
    {
      alarmConfiguration: {
        enabled: true,
        ignorePollAlarmFailure: ignoresPollFailure,
        alarms: asked.map((name) => ({ name })),
      },
    },
    { enabled: asked.length > 0, live: { changed: ["alarms"] }, keepsPrevious: true },
  );
  if (error) return <p className={styles.about}>The alarms could not be read: {error.message}</p>;
  return (
    <ul className={styles.list} aria-label="Alarms now">
      {(data?.alarms ?? []).map(({ name, state, detail }) => (
        <li key={name} className={styles.alarm}>
          <Badge tone={TONES[state] ?? "neutral"}>{WORDS[state] ?? state}</Badge>
          <span className={styles.name}>{name}</span>
          {detail && <span className={styles.about}>{detail}</span>}
        </li>
      ))}
    </ul>
  );
}

/** What a text was when it had not changed for a while. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), TYPING_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
