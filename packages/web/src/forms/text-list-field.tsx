import { useId } from "react";
import { Button, IconButton } from "../design/button.tsx";
import { ComboBox } from "../design/combo-box.tsx";
import type { Option } from "../design/option.tsx";
import styles from "./form.module.css";
import { Problem } from "./problem.tsx";
import { useRowFocus } from "./use-row-focus.ts";

interface TextListFieldProps {
  readonly label: string;
  readonly description?: string;
  readonly error?: string | undefined;
  /** One of them: `load balancer`. */
  readonly noun: string;
  readonly texts: readonly string[];
  readonly onChange: (texts: string[]) => void;
  readonly onBlur?: () => void;
  readonly options?: readonly Option[];
  readonly max: number;
  readonly placeholder?: string;
}

/** Several texts, each in a field of its own. */
export function TextListField(props: TextListFieldProps) {
  const { label, description, error, noun, texts, onChange, onBlur, options = [], max, placeholder = "" } = props;
  const about = useId();
  const rows = useRowFocus<HTMLFieldSetElement>(texts.length);
  const free = options.filter(({ id }) => !texts.includes(id));
  return (
    <fieldset ref={rows} className={styles.group} aria-describedby={description ? about : undefined}>
      <legend className={styles.legend}>{label}</legend>
      {description && (
        <p id={about} className={styles.about}>
          {description}
        </p>
      )}
      {texts.map((text, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they have nothing else that stays the same while one types
        <div key={index} data-row="" className={styles.row}>
          <ComboBox
            label={`${noun} ${index + 1}`}
            hidesLabel
            options={free}
            value={text}
            onChange={(typed) => onChange(texts.map((other, at) => (at === index ? typed : other)))}
            onBlur={onBlur}
            placeholder={placeholder}
            isRequired
          />
          <IconButton
            icon="x"
            label={`Remove the ${noun} ${text}`}
            onPress={() => onChange(texts.filter((_, at) => at !== index))}
          />
        </div>
      ))}
      <Problem text={error} />
      {texts.length < max && (
        <div className={styles.more}>
          <Button size="small" icon="plus" onPress={() => onChange([...texts, ""])}>
            Add {/^[aeiou]/i.test(noun) ? "an" : "a"} {noun}
          </Button>
        </div>
      )}
    </fieldset>
  );
}
