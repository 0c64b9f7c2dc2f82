import type { DescribeDeploymentOutput } from "@sluice/wire/sluice/console-api.ts";
import { useState } from "react";
import { Button } from "../../../design/button.tsx";
import { Icon } from "../../../design/icon.tsx";
import { Link } from "../../../design/link.tsx";
import { Countdown, Duration, Time } from "../../../design/time.tsx";
import { TimedText } from "../../../design/timed-text.tsx";
import { sentence } from "../actions/sentence.ts";
import styles from "./waiting-panel.module.css";

type Described = Pick<DescribeDeploymentOutput, "waiting" | "targetWaits" | "deployment">;

/** Of more, the others come with a press. */
const SHOWN_WAITS = 4;

/** Why nothing moves: what is waited for, since when, until when, and what then. */
export function WaitingPanel({ waiting, targetWaits, deployment }: Described) {
  const [showsAll, setShowsAll] = useState(false);
  if (waiting === undefined && targetWaits.length === 0) return null;
  const shown = showsAll ? targetWaits : targetWaits.slice(0, SHOWN_WAITS);
  const more = targetWaits.length - shown.length;
  return (
    <section aria-labelledby="why-not-yet" className={styles.panel}>
      <h2 id="why-not-yet" className={styles.title}>
        <Icon name="clock" size={16} />
        {waiting ? "Why not yet" : targetWaits.length === 1 ? "A target waits" : `${targetWaits.length} targets wait`}
      </h2>
      {waiting && (
        <>
          <p className={styles.reason}>
            <TimedText text={sentence(waiting.reason)} />
          </p>
          <dl className={styles.times}>
            {waiting.since && (
              <div>
                <dt>Waiting for</dt>
                <dd>
                  <Duration from={waiting.since} />{" "}
                  <span className={styles.at}>
                    since <Time at={waiting.since} look="exact" />
                  </span>
                </dd>
              </div>
            )}
            <div>
              <dt>{waiting.until ? "Ends in" : "Ends"}</dt>
              <dd>
                {waiting.until ? (
                  <>
                    <Countdown until={waiting.until} />{" "}
                    <span className={styles.at}>
                      at <Time at={waiting.until} look="exact" />
                    </span>
                  </>
                ) : (
                  "when somebody acts"
                )}
              </dd>
            </div>
            <div className={styles.then}>
              <dt>After that</dt>
              <dd>{sentence(waiting.then.replace(/^then,? /, ""))}</dd>
            </div>
          </dl>
        </>
      )}
      {targetWaits.length > 0 && (
        <ul className={styles.targets}>
          {shown.map(({ targetId, hostName, lifecycleEvent, reason, since, until }) => (
            <li key={`${targetId} ${lifecycleEvent}`}>
              <Link
                to="/-/deployments/$deployment"
                params={{ deployment: deployment.deploymentId }}
                search={{ tab: "logs", target: targetId, event: lifecycleEvent }}
                look="quiet"
                className={styles.target}
              >
                {hostName} · {lifecycleEvent}
              </Link>
              <span className={styles.words}>{sentence(reason)}</span>
              <span className={styles.ticks}>
                {since && <Duration from={since} />}
                {until && (
                  <>
                    {" of "}
                    <Duration from={since ?? until} to={until} />
                  </>
                )}
              </span>
            </li>
          ))}
          {more > 0 && (
            <li>
              <Button size="small" variant="quiet" onPress={() => setShowsAll(true)}>
                {more} more
              </Button>
            </li>
          )}
        </ul>
      )}
    </section>
  );
}
