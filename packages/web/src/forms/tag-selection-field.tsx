import { MAX_TAGS, type TagFilterType } from "@sluice/model/tag-filter.ts";
import { Button, IconButton } from "../design/button.tsx";
import { ComboBox } from "../design/combo-box.tsx";
import type { Option } from "../design/option.tsx";
import { Select } from "../design/select.tsx";
import form from "./form.module.css";
import { Problem } from "./problem.tsx";
import styles from "./tag-fields.module.css";
import { EMPTY_ROW, type FilterRow, type TagSelection } from "./tag-selection.ts";
import { useRowFocus } from "./use-row-focus.ts";
import { useServiceLimits } from "./use-service-limits.ts";

interface TagSelectionFieldProps {
  readonly label: string;
  readonly description?: string;
  readonly selection: TagSelection;
  readonly onChange: (selection: TagSelection) => void;
  readonly onBlur?: () => void;
  readonly error?: string | undefined;
  /** Keys that hosts have, with their values. */
  readonly known: ReadonlyMap<string, readonly string[]>;
}

const TYPES: readonly (Option & { readonly id: TagFilterType })[] = [
  { id: "KEY_AND_VALUE", title: "Key and value" },
  { id: "KEY_ONLY", title: "Key, any value" },
  { id: "VALUE_ONLY", title: "Value of any key" },
];

/** Which hosts are meant, by their tags: one row of each list has to match. */
export function TagSelectionField(props: TagSelectionFieldProps) {
  const { label, description, selection, onChange, onBlur, error, known } = props;
  const { lists } = selection;
  const { tagSetsPerGroup } = useServiceLimits();
  const rows = useRowFocus<HTMLFieldSetElement>(lists.flat().length);
  const putList = (index: number, rows: readonly FilterRow[]) =>
    onChange({
      ...selection,
      lists:
        rows.length === 0
          ? lists.filter((_, at) => at !== index)
          : lists.map((list, at) => (at === index ? rows : list)),
    });
  return (
    <fieldset ref={rows} className={form.group}>
      <legend className={form.legend}>{label}</legend>
      {description && <p className={form.about}>{description}</p>}
      {lists.map((list, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they have nothing else that stays the same while one types
        <div key={index} className={styles.list}>
          {lists.length > 1 && (
            <p className={styles.listName}>{index === 0 ? "One of these tags" : "and one of these tags"}</p>
          )}
          {list.map((row, at) => (
            <FilterFields
              // biome-ignore lint/suspicious/noArrayIndexKey: as above
              key={at}
              name={`${lists.length > 1 ? `list ${index + 1}, ` : ""}tag ${at + 1}`}
              row={row}
              known={known}
              onBlur={onBlur}
              onChange={(part) =>
                putList(
                  index,
                  list.map((other, place) => (place === at ? { ...other, ...part } : other)),
                )
              }
              onRemove={() =>
                putList(
                  index,
                  list.filter((_, place) => place !== at),
                )
              }
            />
          ))}
          {list.length < MAX_TAGS && (
            <div className={form.more}>
              <Button size="small" variant="quiet" icon="plus" onPress={() => putList(index, [...list, EMPTY_ROW])}>
                Or another tag
              </Button>
            </div>
          )}
        </div>
      ))}
      <Problem text={error} />
      {lists.length < tagSetsPerGroup && (
        <div className={form.more}>
          <Button size="small" icon="plus" onPress={() => onChange({ ...selection, lists: [...lists, [EMPTY_ROW]] })}>
            {lists.length === 0 ? "Add a tag" : "And another tag"}
          </Button>
        </div>
      )}
    </fieldset>
  );
}

interface FilterFieldsProps {
  readonly name: string;
  readonly row: FilterRow;
  readonly known: ReadonlyMap<string, readonly string[]>;
  readonly onBlur: (() => void) | undefined;
  readonly onChange: (part: Partial<FilterRow>) => void;
  readonly onRemove: () => void;
}

function FilterFields({ name, row, known, onBlur, onChange, onRemove }: FilterFieldsProps) {
  const { key, value, type } = row;
  const values = type === "VALUE_ONLY" ? [...new Set([...known.values()].flat())] : (known.get(key) ?? []);
  return (
    <div data-row="" className={styles.filter}>
      <div className={styles.type}>
        <Select
          label={`What is compared of ${name}`}
          hidesLabel
          options={TYPES}
          value={type}
          isRequired
          onChange={(id) => onChange({ type: id as TagFilterType })}
        />
      </div>
      {type !== "VALUE_ONLY" && (
        <div className={styles.text}>
          <ComboBox
            label={`Key of ${name}`}
            hidesLabel
            placeholder="Key"
            options={[...known.keys()].map(optionOf)}
            isRequired
            value={key}
            onChange={(text) => onChange({ key: text })}
            onBlur={onBlur}
          />
        </div>
      )}
      {type !== "KEY_ONLY" && (
        <div className={styles.text}>
          <ComboBox
            label={`Value of ${name}`}
            hidesLabel
            placeholder="Value"
            options={values.map(optionOf)}
            isRequired
            value={value}
            onChange={(text) => onChange({ value: text })}
            onBlur={onBlur}
          />
        </div>
      )}
      <IconButton icon="x" label={`Remove ${name}`} onPress={onRemove} />
    </div>
  );
}

function optionOf(text: string): Option {
  return { id: text, title: text };
}
