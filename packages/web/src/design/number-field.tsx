import type { ReactNode } from "react";
import {
  NumberField as AriaNumberField,
  type NumberFieldProps as AriaNumberFieldProps,
  Button,
  Group,
  Input,
} from "react-aria-components";
import fieldStyles from "./field.module.css";
import { Field } from "./field.tsx";
import { Icon } from "./icon.tsx";
import styles from "./number-field.module.css";

export interface NumberFieldProps extends Omit<AriaNumberFieldProps, "className" | "style" | "children"> {
  readonly label: string;
  readonly description?: ReactNode;
  readonly error?: string | undefined;
  /** Behind the number: `minutes`, `%`. */
  readonly unit?: string;
}

/** A number that can be typed, and stepped by the arrow keys and buttons. `NaN` is an empty field. */
export function NumberField({ label, description, error, unit, ...props }: NumberFieldProps) {
  return (
    <AriaNumberField {...props} isInvalid={error !== undefined} className={fieldStyles.field ?? ""}>
      <Field label={label} description={description} error={error} isRequired={props.isRequired}>
        <Group className={styles.group ?? ""}>
          <Input className={styles.input ?? ""} />
          {unit && <span className={styles.unit}>{unit}</span>}
          <Button slot="decrement" className={styles.step ?? ""}>
            <Icon name="minus" size={14} />
          </Button>
          <Button slot="increment" className={styles.step ?? ""}>
            <Icon name="plus" size={14} />
          </Button>
        </Group>
      </Field>
    </AriaNumberField>
  );
}
