import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { Icon, type IconName } from "./icon.tsx";
import styles from "./segmented.module.css";

interface SegmentedProps {
  /** What is chosen, for a screen reader. */
  readonly label: string;
  readonly options: readonly { readonly id: string; readonly title: string; readonly icon?: IconName }[];
  readonly value: string;
  readonly onChange: (id: string) => void;
}

/** One of two or three ways to look at the same thing, with effect at once. */
export function Segmented({ label, options, value, onChange }: SegmentedProps) {
  return (
    <ToggleButtonGroup
      aria-label={label}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[value]}
      onSelectionChange={(keys) => {
        const [key] = [...keys];
        if (key !== undefined) onChange(String(key));
      }}
      className={styles.group ?? ""}
    >
      {options.map(({ id, title, icon }) => (
        <ToggleButton key={id} id={id} className={styles.segment ?? ""}>
          {icon && <Icon name={icon} size={14} />}
          {title}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
