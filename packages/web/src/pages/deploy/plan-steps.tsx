import type { PlanDeploymentOutput } from "@sluice/wire/sluice/sluice-api.ts";
import { Section } from "../../design/section.tsx";
import { durationWords } from "../../design/time-words.ts";
import styles from "./preflight.module.css";

const SHOWN_STEPS = 30;
const NAMED_HOSTS = 8;
const SECOND = 1000;

/** What happens, in its order. */
export function PlanSteps({ plan: { steps, hosts } }: { plan: PlanDeploymentOutput }) {
  const names = new Map(hosts.map(({ targetId, hostName }) => [targetId, hostName]));
  return (
    <Section title="Steps" count={steps.length}>
      <ol className={styles.steps}>
        {steps.slice(0, SHOWN_STEPS).map(({ description, targetIds, seconds }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: steps are known by their place
          <li key={index} className={styles.step}>
            <span className={styles.number}>{index + 1}</span>
            <span className={styles.detail}>
              {description}
              {targetIds.length > 0 && (
                <span className={styles.names}>{namesOf(targetIds.map((id) => names.get(id) ?? id))}</span>
              )}
            </span>
            {seconds !== undefined && seconds > 0 && (
              <span className={styles.aside}>{durationWords(seconds * SECOND)}</span>
            )}
          </li>
        ))}
        {steps.length > SHOWN_STEPS && (
          <li className={styles.step}>
            <span />
            <span className={styles.subject}>and {steps.length - SHOWN_STEPS} more like these</span>
          </li>
        )}
      </ol>
    </Section>
  );
}

function namesOf(names: readonly string[]): string {
  const shown = names.slice(0, NAMED_HOSTS).join(", ");
  return names.length > NAMED_HOSTS ? `${shown} and ${names.length - NAMED_HOSTS} more` : shown;
}
