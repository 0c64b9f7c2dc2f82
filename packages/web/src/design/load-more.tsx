import { Button } from "./button.tsx";
import styles from "./load-more.module.css";

interface LoadMoreProps {
  /** Of `usePages`. */
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  readonly onLoad: () => void;
  /** How many are shown, and of what: `50 deployments`. */
  readonly shown?: string;
}

/** Beneath a list that goes on. */
export function LoadMore({ hasMore, isLoading, onLoad, shown }: LoadMoreProps) {
  return (
    <div className={styles.more}>
      {shown && <p>{shown}</p>}
      {hasMore && (
        <Button size="small" onPress={onLoad} isPending={isLoading}>
          Load more
        </Button>
      )}
    </div>
  );
}
