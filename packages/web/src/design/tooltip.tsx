import { type ReactElement, useState } from "react";
import { Tooltip as AriaTooltip, Focusable, TooltipTrigger } from "react-aria-components";
import styles from "./tooltip.module.css";

const DELAY_MILLISECONDS = 400;

interface TooltipProps {
  readonly text: string;
  /** One element that can have the focus. */
  readonly children: ReactElement;
  /** Of a `children` that is no react-aria component, such as a span with a tabIndex. */
  readonly isPlain?: boolean;
}

/** Says more of what has the focus or the mouse. Nothing stands in it alone that a person needs to go on. */
export function Tooltip({ text, children, isPlain = false }: TooltipProps) {
  return (
    <TooltipTrigger delay={DELAY_MILLISECONDS} closeDelay={0}>
      {isPlain ? <Focusable>{children as ReactElement<Record<string, unknown>, "span">}</Focusable> : children}
      <AriaTooltip className={styles.tooltip ?? ""} offset={6}>
        {text}
      </AriaTooltip>
    </TooltipTrigger>
  );
}

interface ReasonTipProps {
  readonly text: string;
  /** What cannot be pressed, with what it does instead when it is. */
  readonly children: (onPress: () => void) => ReactElement;
}

/** Why something cannot be pressed: for the mouse and the focus, and for a press, which is all that a finger has. */
export function ReasonTip({ text, children }: ReasonTipProps) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <TooltipTrigger
      delay={DELAY_MILLISECONDS}
      closeDelay={0}
      isOpen={isOpen}
      onOpenChange={setIsOpen}
      shouldCloseOnPress={false}
    >
      {children(() => setIsOpen(true))}
      <AriaTooltip className={styles.tooltip ?? ""} offset={6}>
        {text}
      </AriaTooltip>
    </TooltipTrigger>
  );
}
