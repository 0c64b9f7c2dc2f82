import { Button } from "../design/button.tsx";
import styles from "./clear-filters.module.css";

interface ClearFiltersProps {
  /** How many the filters leave, of how many. Without `all` only the button is there. */
  readonly left?: number;
  readonly all?: number;
  readonly onClear: () => void;
}

/** At the end of a toolbar whose filters leave something out. */
export function ClearFilters({ left, all, onClear }: ClearFiltersProps) {
  return (
    <>
      {all !== undefined && (
        <span className={styles.words}>
          {left} of {all}
        </span>
      )}
      <Button variant="quiet" size="small" icon="x" onPress={onClear}>
        Clear filters
      </Button>
    </>
  );
}
