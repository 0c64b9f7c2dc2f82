import styles from "./controls.module.css";

interface PlainSelectProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly title: string }[];
  readonly onChange: (value: string) => void;
}

/** A choice in a tool bar: the browser's own, which phones show best. */
export function PlainSelect({ label, value, options, onChange }: PlainSelectProps) {
  return (
    <select
      aria-label={label}
      value={value}
      className={styles.select}
      onChange={(event) => onChange(event.target.value)}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.title}
        </option>
      ))}
    </select>
  );
}
