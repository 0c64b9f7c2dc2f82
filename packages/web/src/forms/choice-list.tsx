import { Radio, RadioGroup } from "react-aria-components";
import styles from "./choice-list.module.css";

export interface ChoiceRow {
  readonly id: string;
  readonly title: string;
  /** At the end of the row: a size, a time. */
  readonly aside?: string | undefined;
}

interface ChoiceListProps {
  readonly label: string;
  readonly options: readonly ChoiceRow[];
  readonly value: string | undefined;
  readonly onChange: (id: string) => void;
  readonly none: string;
}

/** One of a list that scrolls. */
export function ChoiceList({ label, options, value, onChange, none }: ChoiceListProps) {
  if (options.length === 0) return <p className={styles.none}>{none}</p>;
  return (
    <RadioGroup aria-label={label} value={value ?? null} onChange={onChange} className={styles.list ?? ""}>
      {options.map(({ id, title, aside }) => (
        <Radio key={id} value={id} className={styles.row ?? ""}>
          <span aria-hidden="true" className={styles.mark} />
          <span className={styles.title}>{title}</span>
          {aside && <span className={styles.aside}>{aside}</span>}
        </Radio>
      ))}
    </RadioGroup>
  );
}
