import type { ReactNode } from "react";
import {
  TextArea as AriaTextArea,
  TextField as AriaTextField,
  type TextFieldProps as AriaTextFieldProps,
  Input,
} from "react-aria-components";
import { classNames } from "./class-names.ts";
import styles from "./field.module.css";
import { Field } from "./field.tsx";

interface Words {
  readonly label: string;
  /** Read with the field. */
  readonly description?: ReactNode;
  /** What is wrong with the value, and the cure; the field is then marked. */
  readonly error?: string | undefined;
  readonly isMono?: boolean;
  readonly placeholder?: string | undefined;
  readonly hidesLabel?: boolean;
}

export type TextFieldProps = Omit<AriaTextFieldProps, "className" | "style" | "children"> & Words;

/** One line of text, with its label. */
export function TextField({
  label,
  description,
  error,
  isMono = false,
  placeholder,
  hidesLabel,
  ...props
}: TextFieldProps) {
  return (
    <AriaTextField {...props} isInvalid={error !== undefined} className={styles.field ?? ""}>
      <Field
        label={label}
        description={description}
        error={error}
        isRequired={props.isRequired}
        hidesLabel={hidesLabel}
      >
        <Input placeholder={placeholder ?? ""} className={classNames(styles.input, isMono && styles.mono)} />
      </Field>
    </AriaTextField>
  );
}

/** Several lines of text, with their label. */
export function TextArea(props: TextFieldProps & { readonly rows?: number }) {
  const { label, description, error, isMono = false, placeholder, rows = 4, ...rest } = props;
  return (
    <AriaTextField {...rest} isInvalid={error !== undefined} className={styles.field ?? ""}>
      <Field label={label} description={description} error={error} isRequired={rest.isRequired}>
        <AriaTextArea
          rows={rows}
          placeholder={placeholder ?? ""}
          className={classNames(styles.input, styles.area, isMono && styles.mono)}
        />
      </Field>
    </AriaTextField>
  );
}
