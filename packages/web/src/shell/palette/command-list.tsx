import { useEffect } from "react";
import { classNames } from "../../design/class-names.ts";
import { Icon } from "../../design/icon.tsx";
import type { Command } from "../commands.ts";
import styles from "./palette.module.css";
import type { CommandSection } from "./sections.ts";

interface CommandListProps {
  readonly id: string;
  readonly sections: readonly CommandSection[];
  readonly active: Command | undefined;
  readonly onPoint: (commandId: string) => void;
  readonly onRun: (command: Command) => void;
}

/** Of what has the focus, which stays in the field. */
export function optionId(listId: string, { id }: Command): string {
  return `${listId}-${encodeURIComponent(id)}`;
}

/** What was found, under headings. The focus stays in the field above: it says which of them is chosen. */
export function CommandList({ id, sections, active, onPoint, onRun }: CommandListProps) {
  const activeId = active && optionId(id, active);
  useEffect(() => {
    if (activeId) document.getElementById(activeId)?.scrollIntoView({ block: "nearest" });
  }, [activeId]);
  return (
    <div id={id} role="listbox" aria-label="Found" className={styles.list}>
      {sections.map(({ title, commands }, index) => (
        // biome-ignore lint/a11y/useSemanticElements: a listbox groups its options so
        <div key={title} role="group" aria-labelledby={`${id}-section-${index}`} className={styles.section}>
          <p id={`${id}-section-${index}`} className={styles.title}>
            {title}
          </p>
          {commands.map((command) => (
            <Option
              key={command.id}
              id={optionId(id, command)}
              command={command}
              isActive={command === active}
              onPoint={() => onPoint(command.id)}
              onRun={() => onRun(command)}
            />
          ))}
        </div>
      ))}
    </div>
  );
}

interface OptionProps {
  readonly id: string;
  readonly command: Command;
  readonly isActive: boolean;
  readonly onPoint: () => void;
  readonly onRun: () => void;
}

function Option({ id, command, isActive, onPoint, onRun }: OptionProps) {
  const { title, subtitle, icon = "arrow-right", unavailable } = command;
  const beneath = unavailable ?? subtitle;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the combobox has the focus
    // biome-ignore lint/a11y/useKeyWithClickEvents: the combobox has the keys
    <div
      id={id}
      role="option"
      aria-selected={isActive}
      aria-disabled={unavailable !== undefined}
      className={classNames(styles.option, isActive && styles.active, unavailable !== undefined && styles.unavailable)}
      onMouseMove={isActive ? undefined : onPoint}
      onClick={onRun}
    >
      <Icon name={icon} />
      <span className={styles.words}>
        <span className={styles.name}>{title}</span>
        {beneath && <span className={styles.beneath}>{beneath}</span>}
      </span>
      {isActive && unavailable === undefined && <Icon name="arrow-right" size={14} className={styles.enter} />}
    </div>
  );
}
