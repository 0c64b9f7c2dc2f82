import { Icon, type IconName } from "../../design/icon.tsx";
import { ICON_PATHS } from "../../design/icon-paths.ts";
import { Section } from "../../design/section.tsx";
import styles from "./design-page.module.css";

export function IconExamples() {
  return (
    <Section title="Icons" padded>
      <ul className={styles.icons}>
        {(Object.keys(ICON_PATHS) as IconName[]).map((name) => (
          <li key={name} className={styles.iconCell}>
            <Icon name={name} size={20} />
            <span>{name}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
