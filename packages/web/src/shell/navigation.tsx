import { useLocation } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { Button as AriaButton, Dialog, Modal, ModalOverlay } from "react-aria-components";
import { IconButton } from "../design/button.tsx";
import { Icon, type IconName } from "../design/icon.tsx";
import { Link } from "../design/link.tsx";
import { useAccess } from "./access.tsx";
import { AccountMenu } from "./account-menu.tsx";
import { isPaletteOpen, PALETTE_KEY } from "./commands.ts";
import { ConnectionDot } from "./connection-state.tsx";
import { Logo } from "./logo.tsx";
import styles from "./navigation.module.css";

interface Place {
  readonly to: "/" | "/-/applications" | "/-/hosts" | "/-/history" | "/-/configs" | "/-/access" | "/-/audit";
  readonly name: string;
  readonly icon: IconName;
  /** What it lists: a key that may not is not led there. */
  readonly action?: string;
}

const PLACES: readonly Place[] = [
  { to: "/", name: "Overview", icon: "grid" },
  { to: "/-/applications", name: "Applications", icon: "layers" },
  { to: "/-/hosts", name: "Hosts", icon: "server" },
  { to: "/-/history", name: "History", icon: "history" },
  { to: "/-/configs", name: "Configurations", icon: "sliders" },
  { to: "/-/access", name: "Access", icon: "key", action: "sluice:ListAccessKeys" },
  { to: "/-/audit", name: "Audit", icon: "list", action: "sluice:ListAuditEvents" },
];

/** Beside the page; on a phone a bar above it with what else there is behind a button. */
export function Navigation() {
  const [isOpen, setIsOpen] = useState(false);
  const { pathname } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page closes it
  useEffect(() => setIsOpen(false), [pathname]);
  return (
    <>
      <header className={styles.side}>
        <Content />
      </header>
      <header className={styles.bar}>
        <IconButton icon="menu" label="Open the navigation" onPress={() => setIsOpen(true)} />
        <Brand />
        <span className={styles.grow} />
        <IconButton icon="search" label="Search" onPress={() => isPaletteOpen.set(true)} />
      </header>
      <ModalOverlay isOpen={isOpen} onOpenChange={setIsOpen} isDismissable className={styles.backdrop ?? ""}>
        <Modal className={styles.drawer ?? ""}>
          <Dialog aria-label="Navigation" className={styles.drawerContent ?? ""}>
            <Content />
          </Dialog>
        </Modal>
      </ModalOverlay>
    </>
  );
}

function Content() {
  const { pathname } = useLocation();
  const { may } = useAccess();
  return (
    <div className={styles.content}>
      <div className={styles.head}>
        <Brand />
      </div>
      <AriaButton className={styles.search ?? ""} onPress={() => isPaletteOpen.set(true)}>
        <Icon name="search" size={14} />
        <span className={styles.grow}>Search</span>
        <kbd className={styles.key}>{PALETTE_KEY}</kbd>
      </AriaButton>
      <nav aria-label="Main" className={styles.places}>
        <ul>
          {PLACES.filter(({ action }) => action === undefined || may(action)).map(({ to, name, icon }) => (
            <li key={to}>
              <Link
                to={to}
                look="quiet"
                className={styles.place}
                aria-current={isWithin(pathname, to) ? "page" : undefined}
              >
                <Icon name={icon} />
                {name}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <div className={styles.foot}>
        <ConnectionDot />
        <AccountMenu />
      </div>
    </div>
  );
}

function Brand() {
  return (
    <Link to="/" look="quiet" className={styles.brand}>
      <Logo />
      Sluice
    </Link>
  );
}

/** A deployment belongs to the history, an application's pages to the applications. */
function isWithin(pathname: string, to: string): boolean {
  if (to === "/") return pathname === "/";
  if (to === "/-/history" && /^\/-\/(deployments|compare)(\/|$)/.test(pathname)) return true;
  return pathname === to || pathname.startsWith(`${to}/`);
}
