import { lazy, type ReactNode, Suspense } from "react";
import { Skeleton } from "../../../design/skeleton.tsx";
import { Table } from "../../../design/table.tsx";
import { localWords } from "../../../design/time-words.ts";
import type { PlotProps } from "./plot.tsx";
import styles from "./traffic-panel.module.css";

const Plot = lazy(() => import("./plot.tsx").then(({ Plot: component }) => ({ default: component })));

interface TrafficPanelProps {
  readonly plot: PlotProps;
  /** The same as rows. */
  readonly rows: readonly { readonly at: Date; readonly words: string }[];
  /** Above the plot: where it is now. */
  readonly children?: ReactNode;
}

/** Traffic over time, as a plot and as a table. The plot is loaded when it is first seen. */
export function TrafficPanel({ plot, rows, children }: TrafficPanelProps) {
  return (
    <div className={styles.panel}>
      {children}
      <ul className={styles.legend}>
        {plot.series.map(({ name, colour, isDashed }) => (
          <li key={name}>
            <span
              className={isDashed ? styles.dashed : styles.solid}
              style={{ color: `var(${colour})` }}
              aria-hidden="true"
            />
            {name}
          </li>
        ))}
      </ul>
      <Suspense fallback={<Skeleton height="220px" />}>
        <Plot {...plot} />
      </Suspense>
      <details className={styles.table}>
        <summary>As a table</summary>
        <Table
          label={plot.label}
          columns={[
            { id: "at", header: "Time", cell: ({ at }) => localWords(at, true), width: "200px" },
            { id: "words", header: "Traffic", cell: ({ words }) => words },
          ]}
          rows={rows}
          rowKey={({ at, words }) => `${at.getTime()} ${words}`}
        />
      </details>
    </div>
  );
}
