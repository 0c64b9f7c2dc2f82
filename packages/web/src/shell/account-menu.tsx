import { useState } from "react";
import {
  Button as AriaButton,
  Header,
  Menu,
  MenuItem,
  MenuSection,
  MenuTrigger,
  Popover,
  Separator,
} from "react-aria-components";
import { signOut } from "../api/session.ts";
import { Icon, type IconName } from "../design/icon.tsx";
import popover from "../design/popover.module.css";
import { Badge } from "../design/status-badge.tsx";
import { chooseTheme, chosenTheme, type Theme } from "../design/theme.ts";
import { useAccess } from "./access.tsx";
import styles from "./account-menu.module.css";
import hidden from "./hidden.module.css";

const THEMES: readonly { readonly id: Theme; readonly name: string; readonly icon: IconName }[] = [
  { id: "system", name: "As the system", icon: "system" },
  { id: "light", name: "Light", icon: "sun" },
  { id: "dark", name: "Dark", icon: "moon" },
];

/** Whose session it is, what it may do, light or dark, and the way out. */
export function AccountMenu() {
  const { accessKeyId, role, isReadOnly } = useAccess();
  const [theme, setTheme] = useState(chosenTheme);
  const choose = (chosen: Theme) => {
    chooseTheme(chosen);
    setTheme(chosen);
  };
  const leave = () => signOut().catch(() => undefined);
  return (
    <MenuTrigger>
      <AriaButton className={styles.account ?? ""}>
        <span className={hidden.hidden}>Account</span>
        <Icon name="user" />
        <span className={styles.words}>
          <span className={styles.name}>{accessKeyId ?? "…"}</span>
        </span>
        {isReadOnly && <Badge tone="warning">Read only</Badge>}
        <Icon name="chevrons-up-down" size={12} />
      </AriaButton>
      <Popover className={popover.popover ?? ""} placement="top start" offset={4}>
        <Menu aria-label="Account" className={popover.list ?? ""}>
          <MenuSection>
            <Header className={popover.sectionTitle ?? ""}>
              {accessKeyId} · {rightsOf(role)}
            </Header>
          </MenuSection>
          <Separator className={popover.separator ?? ""} />
          <MenuSection
            selectionMode="single"
            disallowEmptySelection
            selectedKeys={[theme]}
            onSelectionChange={(keys) => {
              const [key] = [...keys];
              if (key !== undefined) choose(key as Theme);
            }}
          >
            <Header className={popover.sectionTitle ?? ""}>Theme</Header>
            {THEMES.map(({ id, name, icon }) => (
              <MenuItem key={id} id={id} textValue={name} className={popover.item ?? ""}>
                {({ isSelected }) => (
                  <>
                    <Icon name={icon} />
                    <span className={popover.words}>{name}</span>
                    {isSelected && <Icon name="check" className={popover.check} />}
                  </>
                )}
              </MenuItem>
            ))}
          </MenuSection>
          <Separator className={popover.separator ?? ""} />
          <MenuItem id="sign-out" textValue="Sign out" onAction={() => void leave()} className={popover.item ?? ""}>
            <Icon name="sign-out" />
            Sign out
          </MenuItem>
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

function rightsOf(role: string | undefined): string {
  if (role === "root") return "may do everything";
  return role === "read-only" ? "may only look" : "may do what its policies allow";
}
