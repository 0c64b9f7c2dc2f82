import type { ReactNode } from "react";
import styles from "./note.module.css";
import { Note } from "./note.tsx";

interface ErrorNoteProps {
  /** What was thrown. */
  readonly error: unknown;
  /** What could not be done: `The hosts could not be read.` */
  readonly title?: string;
  /** What to do, where more is known than the message says. */
  readonly cure?: ReactNode;
  readonly actions?: ReactNode;
}

/** What went wrong in the server's own words, which tell the cure, and the code to look it up by. Read at once by a screen reader. */
export function ErrorNote({ error, title, cure, actions }: ErrorNoteProps) {
  const { message, code } = wordsOf(error);
  return (
    <div role="alert">
      <Note tone="danger" title={title ?? message} actions={actions}>
        {title !== undefined && <p>{message}</p>}
        {cure && <p>{cure}</p>}
        {code !== undefined && <p className={styles.code}>{code}</p>}
      </Note>
    </div>
  );
}

function wordsOf(error: unknown): { readonly message: string; readonly code?: string } {
  if (!(error instanceof Error)) return { message: String(error) };
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  return { message: error.message, ...(code !== undefined && { code }) };
}
