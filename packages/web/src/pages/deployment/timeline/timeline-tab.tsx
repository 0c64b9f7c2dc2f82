import type { DescribeDeploymentOutput } from "@sluice/wire/sluice/console-api.ts";
import { useEffect, useMemo, useRef } from "react";
import { classNames } from "../../../design/class-names.ts";
import { ErrorNote } from "../../../design/error-note.tsx";
import { Icon, type IconName } from "../../../design/icon.tsx";
import { Link } from "../../../design/link.tsx";
import { LoadMore } from "../../../design/load-more.tsx";
import { Card } from "../../../design/section.tsx";
import { Duration, Time } from "../../../design/time.tsx";
import { useObservable } from "../../../state/observable.ts";
import { sentence } from "../actions/sentence.ts";
import type { GridStore } from "../grid/grid-store.ts";
import { useDeploymentSearch } from "../use-deployment-search.ts";
import { timelineOf } from "./timeline-entries.ts";
import type { TimelineEntry, TimelineKind } from "./timeline-entry.ts";
import styles from "./timeline-tab.module.css";
import { useTimelineEvents } from "./use-timeline-events.ts";

const ICONS: Readonly<Record<TimelineKind, IconName>> = {
  start: "play",
  stage: "layers",
  batch: "server",
  shift: "sliders",
  wait: "clock",
  trouble: "error",
  person: "user",
  other: "info",
  end: "circle",
};
const END_ICONS: Readonly<Record<string, IconName>> = { success: "check-circle", danger: "error", warning: "stop" };

/** What happened, the oldest first. */
export function TimelineTab({ described, store }: { described: DescribeDeploymentOutput; store: GridStore }) {
  const { deployment, notes, step } = described;
  const { deploymentId, completedAt, createdAt } = deployment;
  const { grid } = useObservable(store.state);
  const { events, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useTimelineEvents(deploymentId);
  const [{ entry }] = useDeploymentSearch();
  const entries = useMemo(
    () => timelineOf({ deployment, notes, events, rows: grid.rows }),
    [deployment, notes, events, grid.rows],
  );
  return (
    <>
      {error && <ErrorNote error={error} title="The events could not be read. What else is known stands below." />}
      <Card>
        <ol className={styles.timeline}>
          {entries.map((each) => (
            <Entry
              key={each.key}
              entry={each}
              deploymentId={deploymentId}
              begin={createdAt}
              isLinked={each.key === entry}
            />
          ))}
          {completedAt === undefined && (
            <li className={classNames(styles.entry, styles.progress)}>
              <span className={styles.sign}>
                <Icon name="progress" size={14} className={styles.turning} />
              </span>
              <p className={styles.title}>
                {step ? (
                  <>
                    {step.name} for <Duration from={step.since} />
                  </>
                ) : (
                  "Going on"
                )}
              </p>
            </li>
          )}
        </ol>
        {hasNextPage && <LoadMore hasMore isLoading={isFetchingNextPage} onLoad={() => void fetchNextPage()} />}
      </Card>
    </>
  );
}

interface EntryProps {
  readonly entry: TimelineEntry;
  readonly deploymentId: string;
  readonly begin: Date;
  readonly isLinked: boolean;
}

function Entry({ entry, deploymentId, begin, isLinked }: EntryProps) {
  const { key, at, kind, tone, title, detail, accessKeyId, targets = [] } = entry;
  const element = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isLinked) element.current?.scrollIntoView({ block: "center" });
  }, [isLinked]);
  return (
    <li ref={element} className={classNames(styles.entry, styles[tone], isLinked && styles.linked)}>
      <span className={styles.sign}>
        <Icon name={kind === "end" ? (END_ICONS[tone] ?? "circle") : ICONS[kind]} size={14} />
      </span>
      <div className={styles.words}>
        <p className={styles.title}>{title}</p>
        {detail && (
          <p className={styles.detail}>{kind === "person" && accessKeyId ? `“${detail}”` : sentence(detail)}</p>
        )}
        {accessKeyId && (
          <p className={styles.detail}>
            <code>{accessKeyId}</code>
          </p>
        )}
        {targets.length > 0 && <Targets deploymentId={deploymentId} targets={targets} />}
      </div>
      <span className={styles.time}>
        <Link
          to="/-/deployments/$deployment"
          params={{ deployment: deploymentId }}
          search={{ tab: "timeline", entry: key }}
          look="quiet"
          resetScroll={false}
          title="Link to this entry"
          className={styles.after}
        >
          {at > begin ? (
            <>
              +<Duration from={begin} to={at} />
            </>
          ) : (
            "0s"
          )}
        </Link>
        <Time at={at} look="exact" />
      </span>
    </li>
  );
}

const SHOWN_TARGETS = 6;

function Targets({ deploymentId, targets }: { deploymentId: string; targets: NonNullable<TimelineEntry["targets"]> }) {
  const list = (some: typeof targets) =>
    some.map(({ targetId, hostName, event }) => (
      <Link
        key={targetId}
        to="/-/deployments/$deployment"
        params={{ deployment: deploymentId }}
        search={{ tab: "logs", target: targetId, ...(event !== undefined && { event }) }}
        look="quiet"
        resetScroll={false}
      >
        {hostName}
      </Link>
    ));
  if (targets.length <= SHOWN_TARGETS) return <p className={styles.targets}>{list(targets)}</p>;
  return (
    <details className={styles.details}>
      <summary>
        {targets
          .slice(0, 3)
          .map(({ hostName }) => hostName)
          .join(", ")}{" "}
        and {targets.length - 3} more
      </summary>
      <p className={styles.targets}>{list(targets)}</p>
    </details>
  );
}
