import { useId, useRef } from "react";
import { Icon } from "../design/icon.tsx";
import styles from "./text-editor.module.css";

/** What is to be said of a line of a text. */
export interface TextProblem {
  readonly severity: "error" | "warning" | "note";
  /** Counted from 1; null: of none in particular. */
  readonly line: number | null;
  /** In its line, counted from 1; absent: the whole line. */
  readonly column?: number | undefined;
  readonly message: string;
}

interface TextEditorProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly problems: readonly TextProblem[];
  /** Where there is no problem. */
  readonly praise: string;
}

const MIN_LINES = 12;

/** A text with the numbers of its lines, and what is wrong with each as one types. */
export function TextEditor({ label, value, onChange, problems, praise }: TextEditorProps) {
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLOListElement>(null);
  const lines = Math.max(MIN_LINES, value.split("\n").length);
  const worst = new Map<number, TextProblem["severity"]>();
  for (const { line, severity } of problems) {
    if (line !== null && worst.get(line) !== "error") worst.set(line, severity);
  }
  const goTo = (line: number, column: number | undefined) => {
    const [start, end] = rangeOf(value, line, column);
    area.current?.focus();
    area.current?.setSelectionRange(start, end);
  };
  const errors = problems.filter(({ severity }) => severity === "error").length;
  return (
    <div className={styles.editor}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      <div className={styles.frame}>
        <ol ref={gutter} aria-hidden="true" className={styles.gutter}>
          {Array.from({ length: lines }, (_, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines are known by their number
            <li key={index} className={styles[worst.get(index + 1) ?? "plain"]}>
              {index + 1}
            </li>
          ))}
        </ol>
        <textarea
          id={id}
          ref={area}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          onScroll={({ currentTarget }) => gutter.current?.scrollTo(0, currentTarget.scrollTop)}
          rows={lines}
          wrap="off"
          spellCheck={false}
          autoCapitalize="off"
          autoCorrect="off"
          aria-invalid={errors > 0 || undefined}
          aria-describedby={`${id}-problems`}
          className={styles.area}
        />
      </div>
      <div id={`${id}-problems`} role="status" className={styles.problems}>
        {value.trim() !== "" && problems.length === 0 && (
          <p className={styles.good}>
            <Icon name="check" size={14} /> {praise}
          </p>
        )}
        {problems.map(({ line, column, message, severity }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: they have no other name
          <p key={index} className={styles[`${severity}Text`]}>
            <Icon name={severity === "error" ? "error" : severity === "warning" ? "warning" : "info"} size={14} />
            <span>
              {line !== null && (
                <button type="button" className={styles.line} onClick={() => goTo(line, column)}>
                  Line {line}
                  {column !== undefined && `, column ${column}`}
                </button>
              )}{" "}
              {message}
            </span>
          </p>
        ))}
      </div>
    </div>
  );
}

/** From the column, or else the beginning, to the end of the line. */
function rangeOf(text: string, line: number, column = 1): readonly [number, number] {
  const before = text.split("\n").slice(0, line - 1);
  const start = before.join("\n").length + (line > 1 ? 1 : 0);
  const end = text.indexOf("\n", start);
  return [start + column - 1, end < 0 ? text.length : end];
}
