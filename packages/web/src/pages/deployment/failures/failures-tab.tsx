import type { FailureCluster } from "@sluice/wire/sluice/console-api.ts";
import { useState } from "react";
import { useOperation } from "../../../api/use-operation.ts";
import { Button } from "../../../design/button.tsx";
import { classNames } from "../../../design/class-names.ts";
import { EmptyState } from "../../../design/empty-state.tsx";
import { ErrorNote } from "../../../design/error-note.tsx";
import { Link } from "../../../design/link.tsx";
import { Card } from "../../../design/section.tsx";
import { SkeletonRows } from "../../../design/skeleton.tsx";
import { Badge } from "../../../design/status-badge.tsx";
import { Time } from "../../../design/time.tsx";
import { plainText } from "../logs/ansi.ts";
import styles from "./failures-tab.module.css";

/** Failures across targets by what their output says: the first cause first. */
export function FailuresTab({ deploymentId, failed }: { deploymentId: string; failed: number }) {
  const { data, error, refetch } = useOperation(
    "Sluice",
    "ListFailureClusters",
    { deploymentId },
    { live: { deployment: deploymentId }, enabled: failed > 0 },
  );
  if (failed === 0) {
    return (
      <Card>
        <EmptyState icon="check-circle" title="No target has failed">
          Should one fail, what its output says stands here.
        </EmptyState>
      </Card>
    );
  }
  if (data === undefined) {
    if (error === null) {
      return (
        <Card padded={false}>
          <SkeletonRows rows={6} />
        </Card>
      );
    }
    return (
      <ErrorNote
        error={error}
        title="The failures could not be read."
        actions={<Button onPress={() => void refetch()}>Try again</Button>}
      />
    );
  }
  return (
    <ol className={styles.clusters}>
      {data.clusters.map((cluster, index) => (
        <li key={`${cluster.lifecycleEvent} ${cluster.errorCode} ${cluster.line}`}>
          <Cluster deploymentId={deploymentId} cluster={cluster} isFirst={index === 0 && data.clusters.length > 1} />
        </li>
      ))}
    </ol>
  );
}

const SHOWN_HOSTS = 8;

interface ClusterProps {
  readonly deploymentId: string;
  readonly cluster: FailureCluster;
  readonly isFirst: boolean;
}

function Cluster({ deploymentId, cluster, isFirst }: ClusterProps) {
  const { line, lifecycleEvent, errorCode, scriptName, targetIds, hostNames, firstAt, sample } = cluster;
  const [showsAll, setShowsAll] = useState(false);
  const count = targetIds.length;
  const shown = showsAll ? targetIds : targetIds.slice(0, SHOWN_HOSTS);
  const text = plainText(line);
  return (
    <Card padded={false}>
      <div className={styles.head}>
        <p className={styles.count}>
          {count} {count === 1 ? "target" : "targets"}
        </p>
        <div className={styles.what}>
          <h3 className={styles.line}>{text || errorCode}</h3>
          <p className={styles.where}>
            {isFirst && <Badge tone="danger">First cause</Badge>}
            <span>
              {lifecycleEvent} · {errorCode}
              {scriptName && ` · ${scriptName}`} · first <Time at={firstAt} />
            </span>
          </p>
        </div>
        <OpenLog deploymentId={deploymentId} cluster={cluster} targetId={targetIds[0]} text={text} isButton />
      </div>
      {sample.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what is scrolled has to be reached by keyboard
        <section aria-label={`Output of ${hostNames[0]}`} tabIndex={0} className={styles.sample}>
          {markedOnce(sample, text).map(({ words, isMarked }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: their places are all that they are known by
            <span key={index} className={classNames(styles.sampleLine, isMarked && styles.marked)}>
              {words || " "}
            </span>
          ))}
        </section>
      )}
      <ul aria-label="Targets" className={styles.hosts}>
        {shown.map((targetId, index) => (
          <li key={targetId}>
            <OpenLog deploymentId={deploymentId} cluster={cluster} targetId={targetId} text={text}>
              {hostNames[index] ?? targetId}
            </OpenLog>
          </li>
        ))}
        {count > SHOWN_HOSTS && (
          <li>
            <Button size="small" variant="quiet" aria-expanded={showsAll} onPress={() => setShowsAll(!showsAll)}>
              {showsAll ? "Fewer" : `${count - SHOWN_HOSTS} more`}
            </Button>
          </li>
        )}
      </ul>
    </Card>
  );
}

interface OpenLogProps {
  readonly deploymentId: string;
  readonly cluster: FailureCluster;
  readonly targetId: string | undefined;
  readonly text: string;
  readonly isButton?: boolean;
  readonly children?: string;
}

/** To the target's log, where the line is searched: its number is known to the log alone. */
function OpenLog({ deploymentId, cluster, targetId, text, isButton = false, children }: OpenLogProps) {
  return (
    <Link
      to="/-/deployments/$deployment"
      params={{ deployment: deploymentId }}
      search={{
        tab: "logs",
        ...(targetId !== undefined && { target: targetId }),
        event: cluster.lifecycleEvent,
        ...(text !== "" && { at: text }),
      }}
      look={isButton ? "accent" : "quiet"}
      resetScroll={false}
    >
      {children ?? "Open the log"}
    </Link>
  );
}

/** The last line that says it: the first may be a repetition of before. */
function markedOnce(sample: readonly string[], text: string) {
  const lines = sample.map(plainText);
  const at = lines.findLastIndex((line) => text !== "" && line.includes(text));
  return lines.map((words, index) => ({ words, isMarked: index === at }));
}
