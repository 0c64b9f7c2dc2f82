import type { ReactNode } from "react";
import { Button, type ButtonVariant } from "../design/button.tsx";
import type { IconName } from "../design/icon.tsx";
import { useAccess } from "../shell/access.tsx";

interface AllowedProps {
  /** What the key needs: `codedeploy:CreateDeployment`. */
  readonly action: string;
  readonly label: string;
  readonly icon: IconName;
  readonly variant?: ButtonVariant;
  readonly size?: "small" | "medium";
  /** The link to where it is done. */
  readonly children: ReactNode;
}

/** A link that looks like a button; for a key that may not do it, a button in its place that says so. */
export function Allowed({ action, label, icon, variant = "secondary", size = "medium", children }: AllowedProps) {
  const refusal = useAccess().refusal(action);
  if (refusal === undefined) return children;
  return (
    <Button icon={icon} variant={variant} size={size} unavailable={refusal}>
      {label}
    </Button>
  );
}
