import styles from "./skeleton.module.css";

/** The place of what is on its way. `width` and `height` of CSS. */
export function Skeleton({ width = "100%", height = "14px" }: { width?: string; height?: string }) {
  return <span aria-hidden="true" className={styles.skeleton} style={{ width, height }} />;
}

/** Rows of a table on its way. A screen reader hears that it loads. */
export function SkeletonRows({ rows = 4 }: { rows?: number }) {
  return (
    <div className={styles.rows} role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
        <div key={index} className={styles.row}>
          <Skeleton width={`${30 + ((index * 17) % 25)}%`} />
          <Skeleton width="12%" />
          <Skeleton width="18%" />
        </div>
      ))}
    </div>
  );
}
