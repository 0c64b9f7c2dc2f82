import type { ReactNode } from "react";
import { Checkbox as AriaCheckbox, type CheckboxProps as AriaCheckboxProps } from "react-aria-components";
import styles from "./choice.module.css";
import { Icon } from "./icon.tsx";

export interface CheckboxProps extends Omit<AriaCheckboxProps, "className" | "style" | "children"> {
  readonly children: ReactNode;
  readonly description?: ReactNode;
}

/** Yes or no, as a part of a form. What takes effect at once is a `Switch`. */
export function Checkbox({ children, description, ...props }: CheckboxProps) {
  return (
    <AriaCheckbox {...props} className={styles.choice ?? ""}>
      {({ isIndeterminate, isSelected }) => (
        <>
          <span className={styles.box}>
            {(isSelected || isIndeterminate) && <Icon name={isIndeterminate ? "minus" : "check"} size={12} />}
          </span>
          <span className={styles.words}>
            {children}
            {description && <span className={styles.description}>{description}</span>}
          </span>
        </>
      )}
    </AriaCheckbox>
  );
}
