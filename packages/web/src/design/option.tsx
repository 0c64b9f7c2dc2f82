import { ListBoxItem } from "react-aria-components";
import { Icon } from "./icon.tsx";
import styles from "./popover.module.css";

/** Something to choose. */
export interface Option {
  readonly id: string;
  readonly title: string;
  /** Beneath it: what it means. */
  readonly description?: string | undefined;
  /** How many there are of it, at the end. */
  readonly count?: number | undefined;
}

/** Of a list that pops up. */
export function OptionItem({ option: { id, title, description, count } }: { option: Option }) {
  return (
    <ListBoxItem id={id} textValue={title} className={styles.item ?? ""}>
      {({ isSelected }) => (
        <>
          <span className={styles.words}>
            {title}
            {description && <span className={styles.description}>{description}</span>}
          </span>
          {isSelected && <Icon name="check" size={14} className={styles.check} />}
          {count !== undefined && <span className={styles.count}>{count}</span>}
        </>
      )}
    </ListBoxItem>
  );
}
