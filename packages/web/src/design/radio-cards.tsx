import type { ReactNode } from "react";
import { Radio, RadioGroup } from "react-aria-components";
import { classNames } from "./class-names.ts";
import fieldStyles from "./field.module.css";
import { Field } from "./field.tsx";
import { Icon, type IconName } from "./icon.tsx";
import styles from "./radio-cards.module.css";

export interface RadioCard {
  readonly id: string;
  readonly title: string;
  readonly description?: ReactNode;
  readonly icon?: IconName;
}

interface RadioCardsProps {
  readonly label: string;
  readonly description?: ReactNode;
  readonly error?: string | undefined;
  readonly choices: readonly RadioCard[];
  readonly selected: string;
  readonly onSelect: (id: string) => void;
  /** `rows`: beneath each other, for choices of one line. */
  readonly look?: "cards" | "rows";
}

/** One of a few, each with what it means. */
export function RadioCards(props: RadioCardsProps) {
  const { label, description, error, choices, selected, onSelect, look = "cards" } = props;
  return (
    <RadioGroup value={selected} onChange={onSelect} isInvalid={error !== undefined} className={fieldStyles.field ?? ""}>
      <Field label={label} description={description} error={error} isRequired>
        <div className={look === "cards" ? styles.cards : styles.rows}>
          {choices.map(({ id, title, description: about, icon }) => (
            <Radio key={id} value={id} className={classNames(styles.radio, look === "cards" && styles.card)}>
              <span aria-hidden="true" className={styles.mark} />
              <span className={styles.words}>
                <span className={styles.title}>
                  {icon && <Icon name={icon} />}
                  {title}
                </span>
                {about && <span className={styles.description}>{about}</span>}
              </span>
            </Radio>
          ))}
        </div>
      </Field>
    </RadioGroup>
  );
}
