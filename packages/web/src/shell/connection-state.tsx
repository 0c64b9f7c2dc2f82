import { type StreamState, streamState } from "../api/event-stream.ts";
import { classNames } from "../design/class-names.ts";
import { Icon } from "../design/icon.tsx";
import { useObservable } from "../state/observable.ts";
import styles from "./connection-state.module.css";

const WORDS: Readonly<Record<StreamState, string>> = {
  connecting: "Connecting",
  online: "Live",
  reconnecting: "Reconnecting",
  offline: "Offline",
};

/** Whether what is shown is live. */
export function ConnectionDot() {
  const state = useObservable(streamState);
  return (
    <p role="status" className={classNames(styles.state, styles[state])}>
      <span className={styles.dot} />
      {WORDS[state]}
    </p>
  );
}

/** Above the page as long as it may be old. */
export function ConnectionBanner() {
  const state = useObservable(streamState);
  if (state !== "offline") return null;
  return (
    <p className={styles.banner}>
      <Icon name="warning" size={14} />
      The server does not answer. What is shown here is as it was; it is brought up to date when the server is back.
    </p>
  );
}
