import { createLink, type LinkComponent } from "@tanstack/react-router";
import { type AnchorHTMLAttributes, forwardRef } from "react";
import { type ButtonVariant, buttonClass } from "./button.tsx";
import { classNames } from "./class-names.ts";
import { Icon, type IconName } from "./icon.tsx";
import styles from "./link.module.css";

interface LinkLook {
  /** `quiet`: in the colour of the text around it until the mouse is over it, for names in tables. */
  readonly look?: "accent" | "quiet" | undefined;
}
interface ButtonLook {
  readonly variant?: ButtonVariant;
  readonly size?: "small" | "medium";
  readonly icon?: IconName | undefined;
}
type AnchorProps = AnchorHTMLAttributes<HTMLAnchorElement>;

const Anchor = forwardRef<HTMLAnchorElement, AnchorProps & LinkLook>(
  ({ look = "accent", className, ...props }, ref) => (
    <a ref={ref} {...props} className={classNames(styles.link, look === "quiet" && styles.quiet, className)} />
  ),
);

const ButtonAnchor = forwardRef<HTMLAnchorElement, AnchorProps & ButtonLook>(
  ({ variant = "secondary", size = "medium", icon, className, children, ...props }, ref) => (
    <a ref={ref} {...props} className={classNames(buttonClass(variant, size), className)}>
      {icon && <Icon name={icon} />}
      {children}
    </a>
  ),
);

const LinkToRoute = createLink(Anchor);
const ButtonToRoute = createLink(ButtonAnchor);

/** To a page of the console, with its parameters typed: `<Link to="/-/deployments/$deployment" params={{ deployment }}>`. */
export const Link: LinkComponent<typeof Anchor> = (props) => <LinkToRoute {...props} />;

/** A link that looks like a button, since it goes to where something is made. */
export const ButtonLink: LinkComponent<typeof ButtonAnchor> = (props) => <ButtonToRoute {...props} />;
