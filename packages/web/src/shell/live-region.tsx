import { useEffect, useState } from "react";
import { onAnnouncement } from "../design/announcer.ts";
import styles from "./hidden.module.css";

/** Where a screen reader hears what `announce` says. */
export function LiveRegion() {
  const [words, setWords] = useState("");
  useEffect(() => onAnnouncement(setWords), []);
  return (
    <div role="status" aria-live="polite" className={styles.hidden}>
      {words}
    </div>
  );
}
