import { type KeyboardEvent, type Ref, useEffect, useRef, useState } from "react";
import { Icon } from "../../design/icon.tsx";
import styles from "./controls.module.css";

interface SearchBoxProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  /** A moment after the last letter. */
  readonly onChange: (text: string) => void;
  readonly onKeyDown?: (event: KeyboardEvent<HTMLInputElement>) => void;
  readonly inputRef?: Ref<HTMLInputElement>;
}

/** The address is not written anew for each letter. */
const SETTLED_MILLISECONDS = 150;

export function SearchBox({ label, placeholder, value, onChange, onKeyDown, inputRef }: SearchBoxProps) {
  const [text, setText] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // Another link, or the browser's way back, says otherwise.
  useEffect(() => {
    if (timer.current === undefined) setText(value);
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const write = (next: string) => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      timer.current = undefined;
      onChange(next);
    }, SETTLED_MILLISECONDS);
  };
  return (
    <label className={styles.search}>
      <Icon name="search" size={14} />
      <input
        ref={inputRef}
        type="search"
        aria-label={label}
        placeholder={placeholder}
        value={text}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => write(event.target.value)}
        onKeyDown={onKeyDown}
      />
    </label>
  );
}
