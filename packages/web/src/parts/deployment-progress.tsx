import type { DeploymentSummary } from "@sluice/wire/sluice/console-api.ts";
import { ProgressBar } from "../design/progress-bar.tsx";
import styles from "./deployment-progress.module.css";
import { deploymentProgress } from "./progress-words.ts";

/** A deployment's progress in a row: the bar, and beneath it the same in words. */
export function DeploymentProgress({ deployment }: { deployment: DeploymentSummary }) {
  const { parts, noun, words } = deploymentProgress(deployment);
  return (
    <div className={styles.progress}>
      <ProgressBar parts={parts} noun={noun} />
      <span className={styles.words} aria-hidden="true">
        {words}
      </span>
    </div>
  );
}
