import type { ReactNode } from "react";
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from "react-aria-components";
import styles from "./button.module.css";
import { classNames } from "./class-names.ts";
import { Icon, type IconName } from "./icon.tsx";
import { Spinner } from "./spinner.tsx";
import { Tooltip } from "./tooltip.tsx";

export type ButtonVariant = "primary" | "secondary" | "quiet" | "danger";

export interface ButtonProps extends Omit<AriaButtonProps, "className" | "style" | "children"> {
  readonly variant?: ButtonVariant;
  readonly size?: "small" | "medium";
  readonly icon?: IconName | undefined;
  /** Why it cannot be pressed now. It stays in the order of the Tab key, so that everybody can read why. */
  readonly unavailable?: string | undefined;
  readonly children: ReactNode;
}

/** Can have the focus, and does nothing. */
const INERT = { onPress: () => {}, type: "button", "aria-disabled": true } as const;

export function Button({ variant = "secondary", size = "medium", icon, unavailable, children, ...props }: ButtonProps) {
  const button = (
    <AriaButton
      {...props}
      {...(unavailable !== undefined && INERT)}
      className={classNames(buttonClass(variant, size), unavailable !== undefined && styles.unavailable)}
    >
      {props.isPending ? <Spinner /> : icon && <Icon name={icon} />}
      {children}
    </AriaButton>
  );
  return unavailable === undefined ? button : <Tooltip text={unavailable}>{button}</Tooltip>;
}

export interface IconButtonProps extends Omit<ButtonProps, "children" | "icon"> {
  readonly icon: IconName;
  /** What it does; shown as a tooltip, and read. */
  readonly label: string;
}

/** A button that is a drawing alone. */
export function IconButton({
  icon,
  label,
  variant = "quiet",
  size = "medium",
  unavailable,
  ...props
}: IconButtonProps) {
  return (
    <Tooltip text={unavailable ?? label}>
      <AriaButton
        {...props}
        {...(unavailable !== undefined && INERT)}
        aria-label={label}
        className={classNames(
          buttonClass(variant, size),
          styles.square,
          unavailable !== undefined && styles.unavailable,
        )}
      >
        <Icon name={icon} />
      </AriaButton>
    </Tooltip>
  );
}

/** For links that look like buttons. */
export function buttonClass(variant: ButtonVariant, size: "small" | "medium"): string {
  return classNames(styles.button, styles[variant], size === "small" && styles.small);
}
