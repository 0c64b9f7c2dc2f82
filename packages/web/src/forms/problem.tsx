import { Icon } from "../design/icon.tsx";
import styles from "./form.module.css";

/** What is wrong with a part of a form that is no single field. */
export function Problem({ text }: { text: string | undefined }) {
  if (text === undefined) return null;
  return (
    <p role="alert" data-problem="" tabIndex={-1} className={styles.problem}>
      <Icon name="error" size={14} />
      {text}
    </p>
  );
}
