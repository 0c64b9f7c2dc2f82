import type { PlannedCheck } from "@sluice/wire/sluice/sluice-api.ts";
import { Icon, type IconName } from "../../design/icon.tsx";
import { Section } from "../../design/section.tsx";
import styles from "./preflight.module.css";

const LOOKS: Readonly<Record<string, { readonly icon: IconName; readonly words: string }>> = {
  ok: { icon: "check-circle", words: "Fine" },
  warning: { icon: "warning", words: "Warning" },
  failed: { icon: "error", words: "Failed" },
  unchecked: { icon: "dashed-circle", words: "Not checked" },
};

const SUBJECTS: Readonly<Record<string, string>> = {
  hosts: "Hosts",
  capacity: "Capacity",
  fleets: "Fleets",
  balancers: "Load balancers",
  bundle: "Bundle",
  appspec: "AppSpec",
  alarms: "Alarms",
  service: "Service",
  "task-definition": "Task definition",
  hooks: "Hooks",
};

/** What was looked at before anything is touched. */
export function PlanChecks({ checks }: { checks: readonly PlannedCheck[] }) {
  return (
    <Section title="Checks">
      <ul className={styles.checks}>
        {checks.map(({ subject, outcome, detail }) => {
          const { icon, words } = LOOKS[outcome] ?? { icon: "info" as const, words: outcome };
          return (
            <li key={`${subject} ${detail}`} className={styles.check}>
              <span role="img" aria-label={words} title={words} className={styles[outcome]}>
                <Icon name={icon} />
              </span>
              <span className={styles.subject}>{SUBJECTS[subject] ?? subject}</span>
              <span className={styles.detail}>{detail}</span>
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
