import type { ReactNode } from "react";
import { useOperation } from "../api/use-operation.ts";
import { Button, type ButtonProps } from "../design/button.tsx";

export interface Access {
  readonly accessKeyId: string | undefined;
  readonly role: string | undefined;
  readonly isReadOnly: boolean;
  /** Whether the key may do it: `codedeploy:CreateDeployment`. True until it is known, since the server decides in any case. */
  may(action: string): boolean;
  /** Why it may not, as a sentence for `unavailable`; undefined where it may. */
  refusal(action: string): string | undefined;
}

/** What the key of this session may do. */
export function useAccess(): Access {
  const { data } = useOperation("Sluice", "GetCallerAccess", {}, { live: { changed: ["keys"] } });
  const may = (action: string) => data === undefined || data.allowedActions.includes(action);
  return {
    accessKeyId: data?.accessKeyId,
    role: data?.role,
    isReadOnly: data?.role === "read-only",
    may,
    refusal: (action) =>
      may(action) ? undefined : `The key ${data?.accessKeyId} may not ${action}. Sign in with one that may.`,
  };
}

/** A button that stays where it is for a key that may not press it, and says why. */
export function ActionButton({ action, unavailable, ...props }: ButtonProps & { readonly action: string }) {
  const { refusal } = useAccess();
  return <Button {...props} unavailable={refusal(action) ?? unavailable} />;
}

/** For whatever else depends on it: `<Gate action="…">{(refusal) => …}</Gate>`. */
export function Gate({ action, children }: { action: string; children: (refusal: string | undefined) => ReactNode }) {
  return children(useAccess().refusal(action));
}
