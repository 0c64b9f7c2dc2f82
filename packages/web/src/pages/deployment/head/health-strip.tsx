import type { DescribeDeploymentOutput } from "@sluice/wire/sluice/console-api.ts";
import { ProgressBar } from "../../../design/progress-bar.tsx";
import { statusLook } from "../../../design/status.ts";
import { StatusBadge } from "../../../design/status-badge.tsx";
import { deploymentProgress } from "../../../parts/progress-words.ts";
import { HealthBar } from "./health-bar.tsx";
import styles from "./health-strip.module.css";

type Described = Pick<
  DescribeDeploymentOutput,
  "deployment" | "arithmetic" | "minimumHealthyHosts" | "healthyHosts" | "alarms" | "shift"
>;

/** How far it is, how much may still fail, and what the alarms say: beside each other. */
export function HealthStrip({ deployment, arithmetic, minimumHealthyHosts, healthyHosts, alarms, shift }: Described) {
  const { parts, noun, words } = deploymentProgress(deployment);
  const all = Object.values(deployment.targets).reduce((sum, count) => sum + count, 0);
  // How far a shift is its plot says.
  if (shift && arithmetic.length === 0 && alarms.length === 0) return null;
  return (
    <div className={styles.strip}>
      {!shift && (
        <section aria-label="Progress" className={styles.part}>
          <h2 className={styles.name}>Progress</h2>
          <p className={styles.value}>{words}</p>
          <ProgressBar parts={parts} noun={noun} size="medium" />
          {deployment.computePlatform === "Server" && all > 0 && (
            <ul className={styles.legend}>
              {parts
                .filter(({ count }) => count > 0)
                .map(({ status, count }) => (
                  <li key={status}>
                    {count} {statusLook(status).label.toLowerCase()}
                  </li>
                ))}
            </ul>
          )}
        </section>
      )}
      {arithmetic.length > 0 && (
        <section aria-label="Minimum healthy hosts" className={styles.part}>
          <h2 className={styles.name}>Healthy hosts</h2>
          {minimumHealthyHosts !== undefined && healthyHosts !== undefined && all > 0 && (
            <>
              <p className={styles.value}>
                {healthyHosts} of {all} <span className={styles.aside}>at least {minimumHealthyHosts} needed</span>
              </p>
              <HealthBar healthy={healthyHosts} minimum={minimumHealthyHosts} all={all} />
            </>
          )}
          <ul className={styles.legend}>
            {arithmetic.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </section>
      )}
      {alarms.length > 0 && (
        <section aria-label="Alarms" className={styles.part}>
          <h2 className={styles.name}>Alarms</h2>
          <ul className={styles.alarms}>
            {alarms.map(({ name, state, detail }) => (
              <li key={name}>
                <StatusBadge status={state} />
                <span className={styles.alarm} title={detail}>
                  {name}
                </span>
                {detail && state !== "OK" && <span className={styles.detail}>{detail}</span>}
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
