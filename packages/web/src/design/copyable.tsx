import { useEffect, useRef, useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import { announce } from "./announcer.ts";
import styles from "./copyable.module.css";
import { Icon } from "./icon.tsx";

const SHOWN_MILLISECONDS = 1600;

function useCopy(text: string): { readonly isCopied: boolean; readonly copy: () => void } {
  const [isCopied, setIsCopied] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = async () => {
    await writeClipboard(text);
    announce("Copied");
    setIsCopied(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setIsCopied(false), SHOWN_MILLISECONDS);
  };
  return { isCopied, copy: () => void copy() };
}

/** The clipboard's own way is there on https and localhost alone. */
async function writeClipboard(text: string): Promise<void> {
  if (navigator.clipboard !== undefined) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  area.style.position = "fixed";
  area.style.opacity = "0";
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

function CopyButton({ text, label }: { text: string; label: string }) {
  const { isCopied, copy } = useCopy(text);
  return (
    <AriaButton aria-label={label} onPress={copy} className={styles.copy ?? ""}>
      <Icon name={isCopied ? "check" : "copy"} size={14} />
    </AriaButton>
  );
}

/** Something to take along: an id. `shown` where that is shorter than what is copied. */
export function Copyable({ text, shown, noun = "text" }: { text: string; shown?: string; noun?: string }) {
  return (
    <span className={styles.copyable}>
      <code>{shown ?? text}</code>
      <CopyButton text={text} label={`Copy the ${noun} ${text}`} />
    </span>
  );
}

/** A command that can be pasted into a shell. `label` names what it does. */
export function CommandBlock({ command, label, noun = "command" }: { command: string; label?: string; noun?: string }) {
  return (
    <div className={styles.block}>
      {label && <p className={styles.label}>{label}</p>}
      <div className={styles.line}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is scrolled has to be reached by keyboard */}
        <pre tabIndex={0} className={styles.command}>
          {command}
        </pre>
        <CopyButton text={command} label={`Copy the ${noun}`} />
      </div>
    </div>
  );
}
