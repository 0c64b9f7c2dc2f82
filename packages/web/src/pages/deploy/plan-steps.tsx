import type { PlanDeploymentOutput, PlannedStep } from "@sluice/wire/sluice/sluice-api.ts";
import { Section } from "../../design/section.tsx";
import { durationWords } from "../../design/time-words.ts";
import { capitalised } from "../../forms/config-select.tsx";
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
        {steps.slice(0, SHOWN_STEPS).map((step, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: steps are known by their place
          <li key={index} className={styles.step}>
            <span className={styles.number}>{index + 1}</span>
            <span className={styles.detail}>
              {stepWords(step)}
              {step.targetIds.length > 0 && (
                <span className={styles.names}>{namesOf(step.targetIds.map((id) => names.get(id) ?? id))}</span>
              )}
            </span>
            {step.seconds !== undefined && step.seconds > 0 && (
              <span className={styles.aside}>{durationWords(step.seconds * SECOND)}</span>
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

const STAGES: Readonly<Record<string, string>> = {
  deploy: "Deploy to",
  allow: "Give traffic to",
  block: "Take the traffic from",
};

/** The plan names every host in its sentence; here they stand beneath it. */
function stepWords({ kind, stage = "", description, targetIds }: PlannedStep): string {
  const count = `${targetIds.length} ${targetIds.length === 1 ? "host" : "hosts"}`;
  if (kind === "terminate" && targetIds.length > 0) return `Terminate ${count}`;
  const verb = kind === "hosts" ? STAGES[stage] : undefined;
  return verb === undefined
    ? capitalised(description)
    : targetIds.length === 1
      ? `${verb} ${count}`
      : `${verb} ${count} at once`;
}

function namesOf(names: readonly string[]): string {
  const shown = names.slice(0, NAMED_HOSTS).join(", ");
  return names.length > NAMED_HOSTS ? `${shown} and ${names.length - NAMED_HOSTS} more` : shown;
}
