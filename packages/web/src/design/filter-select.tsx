import { Button, DialogTrigger, ListBox, Popover, type Selection } from "react-aria-components";
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

/** A filter above a list: a small button that says what is chosen. */
export function FilterSelect({ label, options, value, onChange, allowsSeveral = true }: FilterSelectProps) {
  const titles = options.filter(({ id }) => value.includes(id)).map(({ title }) => title);
  const change = (keys: Selection) => onChange(keys === "all" ? options.map(({ id }) => id) : [...keys].map(String));
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
        <ListBox
          aria-label={label}
          items={options}
          selectionMode={allowsSeveral ? "multiple" : "single"}
          selectedKeys={value}
          onSelectionChange={change}
          autoFocus
          className={popover.list ?? ""}
        >
          {(option) => <OptionItem option={option} />}
        </ListBox>
      </Popover>
    </DialogTrigger>
  );
}
