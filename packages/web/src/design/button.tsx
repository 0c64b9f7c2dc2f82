import type { ReactNode } from "react";
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from "react-aria-components";
import styles from "./button.module.css";
import { classNames } from "./class-names.ts";
import { Icon, type IconName } from "./icon.tsx";
import { Spinner } from "./spinner.tsx";
import { ReasonTip, Tooltip } from "./tooltip.tsx";

export type ButtonVariant = "primary" | "secondary" | "quiet" | "danger";

export interface ButtonProps extends Omit<AriaButtonProps, "className" | "style" | "children"> {
  readonly variant?: ButtonVariant;
  readonly size?: "small" | "medium";
  readonly icon?: IconName | undefined;
  /** Why it cannot be pressed now. It stays in the order of the Tab key, so that everybody can read why. */
  readonly unavailable?: string | undefined;
  readonly children: ReactNode;
}

/** Can have the focus, and does nothing but say why. */
function inert(onPress: () => void) {
  return { onPress, type: "button", "aria-disabled": true } as const;
}

export function Button({ variant = "secondary", size = "medium", icon, unavailable, children, ...props }: ButtonProps) {
  const button = (onPress?: () => void) => (
    <AriaButton
      {...props}
      {...(onPress && inert(onPress))}
      className={classNames(buttonClass(variant, size), onPress && styles.unavailable)}
    >
      {props.isPending ? <Spinner /> : icon && <Icon name={icon} />}
      {children}
    </AriaButton>
  );
  return unavailable === undefined ? button() : <ReasonTip text={unavailable}>{button}</ReasonTip>;
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
  const button = (onPress?: () => void) => (
    <AriaButton
      {...props}
      {...(onPress && inert(onPress))}
      aria-label={label}
      className={classNames(buttonClass(variant, size), styles.square, onPress && styles.unavailable)}
    >
      <Icon name={icon} />
    </AriaButton>
  );
  if (unavailable !== undefined) return <ReasonTip text={unavailable}>{button}</ReasonTip>;
  return <Tooltip text={label}>{button()}</Tooltip>;
}

/** For links that look like buttons. */
export function buttonClass(variant: ButtonVariant, size: "small" | "medium"): string {
  return classNames(styles.button, styles[variant], size === "small" && styles.small);
}
