import { useEffect, useState } from "react";
import { observable, useObservable } from "../state/observable.ts";
import { announce } from "./announcer.ts";
import { Button, IconButton } from "./button.tsx";
import { classNames } from "./class-names.ts";
import { Icon } from "./icon.tsx";
import type { Tone } from "./status.ts";
import styles from "./toast.module.css";

interface ToastContent {
  readonly title: string;
  readonly tone?: Tone;
  readonly description?: string | undefined;
  readonly action?: { readonly label: string; readonly onPress: () => void } | undefined;
}
interface ShownToast extends ToastContent {
  readonly id: number;
}

const SHOWN_MILLISECONDS = 7000;
const MAX_TOASTS = 3;

const toasts = observable<readonly ShownToast[]>([]);
let lastId = 0;

/** Says that something was done, in the corner. An error belongs beside what caused it: `ErrorNote`. */
export function showToast(content: ToastContent): void {
  lastId += 1;
  toasts.set([...toasts.get().slice(1 - MAX_TOASTS), { ...content, id: lastId }]);
  announce([content.title, content.description].filter(Boolean).join(". "));
}

function dismiss(id: number): void {
  toasts.set(toasts.get().filter((toast) => toast.id !== id));
}

/** Once, in the shell. */
export function ToastRegion() {
  const shown = useObservable(toasts);
  if (shown.length === 0) return null;
  return (
    <section aria-label="Notifications" className={styles.region}>
      {shown.map((toast) => (
        <Toast key={toast.id} toast={toast} />
      ))}
    </section>
  );
}

function Toast({ toast: { id, title, tone = "success", description, action } }: { toast: ShownToast }) {
  const [isHeld, setIsHeld] = useState(false);
  useEffect(() => {
    if (isHeld) return undefined;
    const timer = setTimeout(() => dismiss(id), SHOWN_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [id, isHeld]);
  const hold = () => setIsHeld(true);
  const release = () => setIsHeld(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it stays while somebody reads it
    <div className={styles.toast} onMouseEnter={hold} onMouseLeave={release} onFocus={hold} onBlur={release}>
      <span className={classNames(styles.icon, styles[tone])}>
        <Icon name={tone === "success" ? "check-circle" : tone === "danger" ? "error" : "info"} />
      </span>
      <div className={styles.words}>
        <p className={styles.title}>{title}</p>
        {description && <p className={styles.description}>{description}</p>}
      </div>
      {action && (
        <Button size="small" onPress={action.onPress}>
          {action.label}
        </Button>
      )}
      <IconButton icon="x" label="Dismiss" size="small" onPress={() => dismiss(id)} />
    </div>
  );
}
