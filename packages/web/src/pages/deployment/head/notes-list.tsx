import type { DeploymentNote } from "@sluice/wire/sluice/console-api.ts";
import { Time } from "../../../design/time.tsx";
import { actionLook } from "../actions/action-looks.ts";
import styles from "./notes-list.module.css";

/** Who did what to the deployment, and why. */
export function NotesList({ notes }: { notes: readonly DeploymentNote[] }) {
  if (notes.length === 0) return null;
  return (
    <section aria-label="Reasons" className={styles.notes}>
      <ul>
        {notes.map(({ at, accessKeyId, action, reason }) => (
          <li key={`${at.getTime()} ${action}`}>
            <span className={styles.action}>{action === "create" ? "Created" : actionLook(action).done}</span>
            <span className={styles.reason}>“{reason}”</span>
            <span className={styles.who}>
              <code>{accessKeyId}</code> <Time at={at} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
