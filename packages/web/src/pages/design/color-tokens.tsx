import { Section } from "../../design/section.tsx";
import styles from "./design-page.module.css";

const GROUNDS = ["canvas", "surface", "sunken", "raised", "hover", "selected"];
const TEXTS = ["text", "text-muted", "text-faint", "accent-text"];
const TONES = ["success", "progress", "danger", "warning", "attention", "neutral"];

export function ColorTokens() {
  return (
    <Section
      title="Colour"
      description="Text reaches 4.5:1 on each of its grounds. No state is told by colour alone."
      padded
    >
      <div className={styles.examples}>
        <div className={styles.swatches}>
          {GROUNDS.map((name) => (
            <Swatch key={name} name={name} ground={name} />
          ))}
        </div>
        <div className={styles.swatches}>
          {TEXTS.map((name) => (
            <Swatch key={name} name={name} ground="surface" ink={name} words="Deployments" />
          ))}
        </div>
        <div className={styles.swatches}>
          {TONES.map((tone) => (
            <Swatch key={tone} name={`${tone}-text / tint`} ground={`${tone}-tint`} ink={`${tone}-text`} words={tone} />
          ))}
        </div>
        <div className={styles.swatches}>
          {TONES.map((tone) => (
            <Swatch key={tone} name={`${tone}-fill`} ground={`${tone}-fill`} />
          ))}
        </div>
      </div>
    </Section>
  );
}

function Swatch({ name, ground, ink, words = "" }: { name: string; ground: string; ink?: string; words?: string }) {
  return (
    <div className={styles.swatch}>
      <div
        className={styles.color}
        style={{ background: `var(--${ground})`, ...(ink !== undefined && { color: `var(--${ink})` }) }}
      >
        {words}
      </div>
      <code>{name}</code>
    </div>
  );
}
