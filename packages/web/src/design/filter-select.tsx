import {
  Autocomplete,
  Button,
  DialogTrigger,
  Input,
  ListBox,
  Popover,
  SearchField,
  type Selection,
  useFilter,
} from "react-aria-components";
import { buttonClass } from "./button.tsx";
import { classNames } from "./class-names.ts";
import styles from "./filter-select.module.css";
import { Icon } from "./icon.tsx";
import { type Option, OptionItem } from "./option.tsx";
import popover from "./popover.module.css";

interface FilterSelectProps {
  /** What is filtered by: `Status`. */
  readonly label: string;
  readonly options: readonly Option[];
  /** Empty: all. */
  readonly value: readonly string[];
  readonly onChange: (ids: readonly string[]) => void;
  readonly allowsSeveral?: boolean;
}

/** Of more options a field to search them stands above them. */
const UNSEARCHED = 8;

/** A filter above a list: a small button that says what is chosen. */
export function FilterSelect({ label, options, value, onChange, allowsSeveral = true }: FilterSelectProps) {
  const titles = options.filter(({ id }) => value.includes(id)).map(({ title }) => title);
  const change = (keys: Selection) => onChange(keys === "all" ? options.map(({ id }) => id) : [...keys].map(String));
  const { contains } = useFilter({ sensitivity: "base" });
  const isSearched = options.length > UNSEARCHED;
  const list = (
    <ListBox
      aria-label={label}
      items={options}
      selectionMode={allowsSeveral ? "multiple" : "single"}
      selectedKeys={value}
      onSelectionChange={change}
      autoFocus={!isSearched}
      // It closes the list instead of choosing nothing.
      escapeKeyBehavior="none"
      className={classNames(popover.list, styles.list)}
      renderEmptyState={() => <div className={popover.none}>Nothing fits.</div>}
    >
      {(option) => <OptionItem option={option} />}
    </ListBox>
  );
  return (
    <DialogTrigger>
      <Button
        className={classNames(buttonClass("secondary", "medium"), styles.button, titles.length > 0 && styles.chosen)}
      >
        {label}
        {titles.length > 0 && (
          <span className={styles.value}>{titles.length <= 2 ? titles.join(", ") : `${titles.length} chosen`}</span>
        )}
        <Icon name="chevron-down" size={12} />
      </Button>
      <Popover className={popover.popover ?? ""} placement="bottom start" offset={4} aria-label={label}>
        {isSearched ? (
          <Autocomplete filter={contains}>
            <SearchField aria-label={`Search ${label}`} autoFocus className={styles.search ?? ""}>
              <Icon name="search" size={14} />
              <Input placeholder="Search" className={styles.input ?? ""} />
            </SearchField>
            {list}
          </Autocomplete>
        ) : (
          list
        )}
      </Popover>
    </DialogTrigger>
  );
}
