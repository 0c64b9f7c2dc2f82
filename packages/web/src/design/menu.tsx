import type { ReactElement } from "react";
import { Menu as AriaMenu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import { classNames } from "./class-names.ts";
import { Icon, type IconName } from "./icon.tsx";
import styles from "./popover.module.css";

export interface MenuAction {
  readonly id: string;
  readonly title: string;
  readonly icon?: IconName | undefined;
  readonly isDangerous?: boolean;
  /** Why it cannot be chosen now; shown beneath it. */
  readonly unavailable?: string | undefined;
  readonly onSelect: () => void;
}

interface MenuProps {
  readonly label: string;
  /** The button that opens it. */
  readonly trigger: ReactElement;
  readonly actions: readonly MenuAction[];
}

/** What else can be done, behind a button. */
export function Menu({ label, trigger, actions }: MenuProps) {
  return (
    <MenuTrigger>
      {trigger}
      <Popover className={styles.popover ?? ""} placement="bottom end" offset={4}>
        <AriaMenu aria-label={label} className={styles.list ?? ""}>
          {actions.map(({ id, title, icon, isDangerous = false, unavailable, onSelect }) => (
            <MenuItem
              key={id}
              id={id}
              textValue={title}
              isDisabled={unavailable !== undefined}
              onAction={onSelect}
              className={classNames(styles.item, isDangerous && styles.danger)}
            >
              {icon && <Icon name={icon} />}
              <span className={styles.words}>
                {title}
                {unavailable && <span className={styles.description}>{unavailable}</span>}
              </span>
            </MenuItem>
          ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
