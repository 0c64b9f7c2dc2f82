import { Card } from "../design/section.tsx";
import { Skeleton, SkeletonRows } from "../design/skeleton.tsx";
import styles from "./route-pending.module.css";

/** While a page's own part of the program is on its way. */
export function RoutePending() {
  return (
    <div className={styles.pending}>
      <Skeleton width="180px" height="24px" />
      <Card padded={false}>
        <SkeletonRows />
      </Card>
    </div>
  );
}
