import type { ReactNode } from "react";
import { FieldError, Label, Text } from "react-aria-components";
import { classNames } from "./class-names.ts";
import styles from "./field.module.css";
import { Icon } from "./icon.tsx";

interface FieldProps {
  readonly label: string;
  readonly description?: ReactNode;
  readonly error?: string | undefined;
  readonly isRequired?: boolean | undefined;
  /** It is read, and not shown: of rows that a heading above them names. */
  readonly hidesLabel?: boolean | undefined;
  readonly children: ReactNode;
}

/** Label, field, what it is for and what is wrong with it, in that order. Within a field of react-aria, which joins them. */
export function Field({ label, description, error, isRequired = false, hidesLabel = false, children }: FieldProps) {
  return (
    <>
      <Label className={classNames(styles.label, hidesLabel && styles.hidden)}>
        {label}
        {!isRequired && <span className={styles.optional}> optional</span>}
      </Label>
      {children}
      {description && (
        <Text slot="description" className={styles.description ?? ""}>
          {description}
        </Text>
      )}
      <FieldError className={styles.error ?? ""}>
        <Icon name="error" size={14} />
        {error}
      </FieldError>
    </>
  );
}
