import { Link } from "../../design/link.tsx";
import styles from "./host-totals.module.css";

interface HostTotalsProps {
  readonly hosts: readonly { readonly state: string; readonly count: number }[];
}

/** States that somebody should look at, before those that are as they should be. */
const STATES = ["dark", "unknown", "enrolled", "declared", "alive"];

/** `2 dark · 1 declared · 229 alive`, each a link to them. */
export function HostTotals({ hosts }: HostTotalsProps) {
  const shown = STATES.flatMap((state) => hosts.filter((each) => each.state === state && each.count > 0));
  if (shown.length === 0) return null;
  return (
    <span className={styles.totals}>
      <span>Hosts:</span>
      {shown.map(({ state, count }) => (
        <Link
          key={state}
          to="/-/hosts"
          search={{ state: [state] }}
          look="quiet"
          className={state === "dark" ? styles.dark : undefined}
        >
          {count} {state}
        </Link>
      ))}
    </span>
  );
}
