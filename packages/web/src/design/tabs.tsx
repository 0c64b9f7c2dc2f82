import type { ReactNode } from "react";
import { Tabs as AriaTabs, Tab, TabList, TabPanel } from "react-aria-components";
import { classNames } from "./class-names.ts";
import styles from "./tabs.module.css";

export interface TabItem {
  readonly id: string;
  readonly title: string;
  /** How many there are behind it. */
  readonly count?: number | undefined;
  readonly content: ReactNode;
  /** Its content stays there while another is shown, and so keeps what it has read and where it was scrolled to. */
  readonly staysAlive?: boolean;
}

interface TabsProps {
  readonly label: string;
  readonly tabs: readonly TabItem[];
  /** Kept by the caller, in the URL. */
  readonly selected: string;
  readonly onSelect: (id: string) => void;
}

/** Several views of one thing. */
export function Tabs({ label, tabs, selected, onSelect }: TabsProps) {
  return (
    <AriaTabs selectedKey={selected} onSelectionChange={(key) => onSelect(String(key))} className={styles.tabs ?? ""}>
      <TabList aria-label={label} className={styles.list ?? ""}>
        {tabs.map(({ id, title, count }) => (
          <Tab key={id} id={id} className={styles.tab ?? ""}>
            {title}
            {count !== undefined && <span className={styles.count}>{count}</span>}
          </Tab>
        ))}
      </TabList>
      {tabs.map(({ id, content, staysAlive = false }) => (
        <TabPanel key={id} id={id} shouldForceMount={staysAlive} className={classNames(styles.panel)}>
          {content}
        </TabPanel>
      ))}
    </AriaTabs>
  );
}
