import { Link } from "../design/link.tsx";
import styles from "./group-link.module.css";

interface GroupLinkProps {
  readonly application: string;
  /** Empty: the application alone. */
  readonly group: string;
}

/** `checkout / production`, both to their pages. */
export function GroupLink({ application, group }: GroupLinkProps) {
  return (
    <span className={styles.names}>
      <Link to="/-/applications/$application" params={{ application }} look="quiet" className={styles.application}>
        {application}
      </Link>
      {group !== "" && (
        <>
          <span aria-hidden="true" className={styles.slash}>
            /
          </span>
          <Link to="/-/applications/$application/groups/$group" params={{ application, group }} look="quiet">
            {group}
          </Link>
        </>
      )}
    </span>
  );
}
