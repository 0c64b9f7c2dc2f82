import type { ComputePlatform } from "@sluice/model/deployment-config.ts";
import { useEffect, useId, useRef, useState } from "react";
import { Icon } from "../design/icon.tsx";
import styles from "./app-spec-editor.module.css";
import type { AppSpecProblem } from "./app-spec-problems.ts";

interface AppSpecEditorProps {
  readonly label: string;
  readonly platform: ComputePlatform;
  readonly value: string;
  readonly onChange: (text: string) => void;
}

const MIN_LINES = 12;
const TYPING_MILLISECONDS = 150;

/** An AppSpec with the numbers of its lines, and what is wrong with each as one types. */
export function AppSpecEditor({ label, platform, value, onChange }: AppSpecEditorProps) {
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLOListElement>(null);
  const problems = useProblems(value, platform);
  const lines = Math.max(MIN_LINES, value.split("\n").length);
  const worst = new Map<number, AppSpecProblem["severity"]>();
  for (const { line, severity } of problems) {
    if (line !== null && worst.get(line) !== "error") worst.set(line, severity);
  }
  const goTo = (line: number) => {
    const start =
      value
        .split("\n")
        .slice(0, line - 1)
        .join("\n").length + (line > 1 ? 1 : 0);
    const end = value.indexOf("\n", start);
    area.current?.focus();
    area.current?.setSelectionRange(start, end < 0 ? value.length : end);
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
            <Icon name="check" size={14} /> Nothing is wrong with it, as far as it can be read here.
          </p>
        )}
        {problems.map(({ line, message, severity }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: they have no other name
          <p key={index} className={styles[`${severity}Text`]}>
            <Icon name={severity === "error" ? "error" : severity === "warning" ? "warning" : "info"} size={14} />
            <span>
              {line !== null && (
                <button type="button" className={styles.line} onClick={() => goTo(line)}>
                  Line {line}
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

/** The parsers come when they are first needed: they are as large as the page. */
function useProblems(text: string, platform: ComputePlatform): readonly AppSpecProblem[] {
  const [problems, setProblems] = useState<readonly AppSpecProblem[]>([]);
  useEffect(() => {
    if (text.trim() === "") {
      setProblems([]);
      return undefined;
    }
    let isLatest = true;
    const timer = setTimeout(async () => {
      const { appSpecProblems } = await import("./app-spec-problems.ts");
      if (isLatest) setProblems(appSpecProblems(text, platform));
    }, TYPING_MILLISECONDS);
    return () => {
      isLatest = false;
      clearTimeout(timer);
    };
  }, [text, platform]);
  return problems;
}
