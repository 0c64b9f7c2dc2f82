import type { ReactNode } from "react";
import { RadioGroup as AriaRadioGroup, Radio } from "react-aria-components";
import styles from "./choice.module.css";
import { classNames } from "./class-names.ts";
import { Field } from "./field.tsx";
import type { Option } from "./option.tsx";

interface RadioGroupProps {
  readonly label: string;
  readonly options: readonly Option[];
  readonly value: string | undefined;
  readonly onChange: (id: string) => void;
  readonly description?: ReactNode;
  readonly error?: string | undefined;
  readonly isRequired?: boolean;
  readonly isDisabled?: boolean;
  /** `cards`: beside each other, each in a frame; for choices that decide what follows. */
  readonly look?: "list" | "cards";
}

/** One of a few that are all worth reading. */
export function RadioGroup(props: RadioGroupProps) {
  const { label, options, value, onChange, description, error, look = "list", isRequired = true } = props;
  return (
    <AriaRadioGroup
      value={value ?? null}
      onChange={onChange}
      isInvalid={error !== undefined}
      isRequired={isRequired}
      isDisabled={props.isDisabled ?? false}
      validationBehavior="aria"
      className={styles.group ?? ""}
    >
      <Field label={label} description={description} error={error} isRequired={isRequired}>
        <div className={classNames(look === "cards" ? styles.row : styles.group)}>
          {options.map((option) => (
            <Radio
              key={option.id}
              value={option.id}
              className={classNames(styles.choice, look === "cards" && styles.card)}
            >
              <span className={styles.dot} />
              <span className={styles.words}>
                <span className={classNames(look === "cards" && styles.title)}>{option.title}</span>
                {option.description && <span className={styles.description}>{option.description}</span>}
              </span>
            </Radio>
          ))}
        </div>
      </Field>
    </AriaRadioGroup>
  );
}
