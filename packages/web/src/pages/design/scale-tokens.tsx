import { Section } from "../../design/section.tsx";
import { Columns } from "../../design/stack.tsx";
import styles from "./design-page.module.css";

const SPACES = ["1", "2", "3", "4", "5", "6", "8", "10", "12"];
const SIZES = ["xs", "s", "m", "l", "xl", "2xl"];

export function ScaleTokens() {
  return (
    <Columns>
      <Section title="Type" description="The system's own fonts. Numbers have one width." padded>
        <div className={styles.scale}>
          {SIZES.map((size) => (
            <div key={size} className={styles.step}>
              <code>text-{size}</code>
              <span style={{ fontSize: `var(--text-${size})` }}>12 of 200 hosts</span>
            </div>
          ))}
        </div>
      </Section>
      <Section title="Space" description="Steps of four pixels." padded>
        <div className={styles.scale}>
          {SPACES.map((space) => (
            <div key={space} className={styles.step}>
              <code>space-{space}</code>
              <span className={styles.bar} style={{ width: `var(--space-${space})` }} />
            </div>
          ))}
        </div>
      </Section>
    </Columns>
  );
}
