import { Link } from "../design/link.tsx";
import { statusLook } from "../design/status.ts";
import { StatusBadge } from "../design/status-badge.tsx";
import { Time } from "../design/time.tsx";
import styles from "./last-deployment.module.css";

interface LastDeploymentProps {
  readonly deployment: { readonly deploymentId: string; readonly status: string; readonly createdAt: Date };
}

/** How the last deployment of something stands, and when it began: a link to it, for a cell. */
export function LastDeployment({ deployment: { deploymentId, status, createdAt } }: LastDeploymentProps) {
  return (
    <span className={styles.last}>
      <Link
        to="/-/deployments/$deployment"
        params={{ deployment: deploymentId }}
        look="quiet"
        aria-label={`${statusLook(status).label}: ${deploymentId}`}
      >
        <StatusBadge status={status} plain />
      </Link>
      <span className={styles.when}>
        <Time at={createdAt} />
      </span>
    </span>
  );
}
