import { useId } from "react";
import { Button, Dialog, DialogTrigger, ListBox, Popover } from "react-aria-components";
import { buttonClass } from "../design/button.tsx";
import { classNames } from "../design/class-names.ts";
import { Icon } from "../design/icon.tsx";
import { OptionItem } from "../design/option.tsx";
import popover from "../design/popover.module.css";
import { localWords } from "../design/time-words.ts";
import styles from "./time-range.module.css";
import { localInputValue, RANGES, type TimeSearch } from "./time-ranges.ts";

interface TimeRangeProps {
  /** What happened then: `Created`. */
  readonly label: string;
  readonly search: TimeSearch;
  readonly onChange: (change: TimeSearch) => void;
}

/** When something was: one of the usual ranges, or from and to, in the viewer's zone. */
export function TimeRange({ label, search, onChange }: TimeRangeProps) {
  const words = rangeWords(search);
  const options = Object.entries(RANGES).map(([id, { title }]) => ({ id, title }));
  return (
    <DialogTrigger>
      <Button className={classNames(buttonClass("secondary", "medium"), styles.button, words !== "" && styles.chosen)}>
        {label}
        {words !== "" && <span className={styles.value}>{words}</span>}
        <Icon name="chevron-down" size={12} />
      </Button>
      <Popover className={popover.popover ?? ""} placement="bottom start" offset={4}>
        <Dialog aria-label={label} className={styles.dialog ?? ""}>
          <ListBox
            aria-label="Usual ranges"
            items={options}
            selectionMode="single"
            escapeKeyBehavior="none"
            selectedKeys={search.range === undefined ? [] : [search.range]}
            onSelectionChange={(keys) => {
              const range = [...keys].map(String).find((key): key is keyof typeof RANGES => key in RANGES);
              onChange({ range, after: undefined, before: undefined });
            }}
            className={popover.list ?? ""}
          >
            {(option) => <OptionItem option={option} />}
          </ListBox>
          <div className={styles.exact}>
            <Moment label="From" value={search.after} onChange={(after) => onChange({ after, range: undefined })} />
            <Moment label="To" value={search.before} onChange={(before) => onChange({ before, range: undefined })} />
          </div>
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

interface MomentProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
}

function Moment({ label, value, onChange }: MomentProps) {
  const id = useId();
  return (
    <div className={styles.moment}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="datetime-local"
        className={styles.input}
        value={localInputValue(value)}
        onChange={({ target }) => onChange(target.value === "" ? undefined : new Date(target.value).toISOString())}
      />
    </div>
  );
}

function rangeWords({ range, after, before }: TimeSearch): string {
  if (range !== undefined) return RANGES[range].title;
  const from = after && localWords(new Date(after));
  const to = before && localWords(new Date(before));
  if (from && to) return `${from} – ${to}`;
  if (from) return `since ${from}`;
  return to ? `until ${to}` : "";
}
