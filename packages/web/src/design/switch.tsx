import type { ReactNode } from "react";
import { Switch as AriaSwitch, type SwitchProps as AriaSwitchProps } from "react-aria-components";
import styles from "./choice.module.css";

export interface SwitchProps extends Omit<AriaSwitchProps, "className" | "style" | "children"> {
  readonly children: ReactNode;
  readonly description?: ReactNode;
}

/** On or off, with effect at once. */
export function Switch({ children, description, ...props }: SwitchProps) {
  return (
    <AriaSwitch {...props} className={styles.choice ?? ""}>
      <span className={styles.track}>
        <span className={styles.knob} />
      </span>
      <span className={styles.words}>
        {children}
        {description && <span className={styles.description}>{description}</span>}
      </span>
    </AriaSwitch>
  );
}
