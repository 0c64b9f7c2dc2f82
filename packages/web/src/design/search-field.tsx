import { SearchField as AriaSearchField, Button, Input } from "react-aria-components";
import { classNames } from "./class-names.ts";
import fieldStyles from "./field.module.css";
import { Icon } from "./icon.tsx";
import styles from "./search-field.module.css";

interface SearchFieldProps {
  /** What is searched: `Search hosts`. */
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly placeholder?: string;
}

/** Filters a list as it is typed into; Escape empties it. */
export function SearchField({ label, value, onChange, placeholder = label }: SearchFieldProps) {
  return (
    <AriaSearchField aria-label={label} value={value} onChange={onChange} className={styles.field ?? ""}>
      <Icon name="search" size={14} className={styles.icon} />
      <Input placeholder={placeholder} className={classNames(fieldStyles.input, styles.input)} />
      <Button className={styles.clear ?? ""} aria-label="Clear the search">
        <Icon name="x" size={14} />
      </Button>
    </AriaSearchField>
  );
}
