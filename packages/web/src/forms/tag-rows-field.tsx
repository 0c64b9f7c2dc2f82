import { Button, IconButton } from "../design/button.tsx";
import { TextField } from "../design/text-field.tsx";
import form from "./form.module.css";
import { Problem } from "./problem.tsx";
import styles from "./tag-fields.module.css";
import type { TagRow } from "./tag-rows.ts";
import { useRowFocus } from "./use-row-focus.ts";
import { useServiceLimits } from "./use-service-limits.ts";

interface TagRowsFieldProps {
  readonly rows: readonly TagRow[];
  readonly onChange: (rows: TagRow[]) => void;
  readonly onBlur?: () => void;
  readonly error?: string | undefined;
}

/** Tags of an application or a group itself, which select no hosts. */
export function TagRowsField({ rows, onChange, onBlur, error }: TagRowsFieldProps) {
  const { tagsPerResource } = useServiceLimits();
  const list = useRowFocus<HTMLFieldSetElement>(rows.length);
  const put = (index: number, part: Partial<TagRow>) =>
    onChange(rows.map((row, at) => (at === index ? { ...row, ...part } : row)));
  return (
    <fieldset ref={list} className={form.group}>
      <legend className={form.legend}>Tags</legend>
      {rows.map(({ key, value }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they have nothing else that stays the same while one types
        <div key={index} data-row="" className={styles.pair}>
          <TextField
            label={`Key of tag ${index + 1}`}
            hidesLabel
            placeholder="Key"
            value={key}
            onChange={(text) => put(index, { key: text })}
            onBlur={() => onBlur?.()}
            isRequired
          />
          <TextField
            label={`Value of tag ${index + 1}`}
            hidesLabel
            placeholder="Value"
            value={value}
            onChange={(text) => put(index, { value: text })}
            onBlur={() => onBlur?.()}
            isRequired
          />
          <IconButton
            icon="x"
            label={`Remove the tag ${key}`}
            onPress={() => onChange(rows.filter((_, at) => at !== index))}
          />
        </div>
      ))}
      <Problem text={error} />
      {rows.length < tagsPerResource && (
        <div className={form.more}>
          <Button size="small" icon="plus" onPress={() => onChange([...rows, { key: "", value: "" }])}>
            Add a tag
          </Button>
        </div>
      )}
    </fieldset>
  );
}
