import type { TriggerTest } from "@sluice/wire/sluice/sluice-api.ts";
import { useState } from "react";
import { useChange } from "../api/use-operation.ts";
import { announce } from "../design/announcer.ts";
import { ErrorNote } from "../design/error-note.tsx";
import { Badge } from "../design/status-badge.tsx";
import { ActionButton } from "../shell/access.tsx";
import styles from "./alarm-states.module.css";

export interface GroupNames {
  readonly applicationName: string;
  readonly deploymentGroupName: string;
}

/** Sends a test message of each event of each trigger, as the group has them, and says what became of it. */
export function TriggerTests({ names, isSaved = true }: { names: GroupNames; isSaved?: boolean }) {
  const test = useChange("Sluice", "TestTriggers");
  const [tests, setTests] = useState<readonly TriggerTest[]>();
  const run = async () => {
    setTests(undefined);
    const answer = await test.mutateAsync(names).catch(() => undefined);
    if (answer === undefined) return;
    setTests(answer.tests);
    const failed = answer.tests.filter(({ delivered }) => !delivered).length;
    announce(failed === 0 ? `${answer.tests.length} test messages delivered` : `${failed} test messages not delivered`);
  };
  return (
    <>
      <div>
        <ActionButton
          action="sluice:TestTriggers"
          size="small"
          icon="bell"
          onPress={() => void run()}
          isPending={test.isPending}
          unavailable={isSaved ? undefined : "Save the changes first: what is saved is tested."}
        >
          Send test messages
        </ActionButton>
      </div>
      {test.error && <ErrorNote error={test.error} />}
      {tests && (
        <ul className={styles.list} aria-label="Test messages">
          {tests.map(({ triggerName, eventType, delivered, reason }) => (
            <li key={`${triggerName} ${eventType}`} className={styles.alarm}>
              <Badge tone={delivered ? "success" : "danger"}>{delivered ? "Delivered" : "Not delivered"}</Badge>
              <span className={styles.name}>
                {triggerName}: {eventType}
              </span>
              {reason && <span className={styles.about}>{reason}</span>}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
