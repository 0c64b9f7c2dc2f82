import type { DeploymentSummary } from "@sluice/wire/sluice/console-api.ts";
import type { ReactNode } from "react";
import { Icon } from "../design/icon.tsx";
import { Link } from "../design/link.tsx";
import { StatusBadge } from "../design/status-badge.tsx";
import { type Column, Table } from "../design/table.tsx";
import { Duration, Time } from "../design/time.tsx";
import { kindWords } from "./creator-words.ts";
import { DeploymentProgress } from "./deployment-progress.tsx";
import styles from "./deployment-table.module.css";
import { GroupLink } from "./group-link.tsx";
import { RevisionLabel } from "./revision-label.tsx";

interface DeploymentTableProps {
  readonly label: string;
  readonly deployments: readonly DeploymentSummary[];
  /** Links lead to this target of each deployment. */
  readonly target?: string | undefined;
  readonly empty?: ReactNode;
}

/** Deployments as a list, the newest first. */
export function DeploymentTable({ label, deployments, target, empty }: DeploymentTableProps) {
  return (
    <Table
      label={label}
      columns={columnsOf(target)}
      rows={deployments}
      rowKey={({ deploymentId }) => deploymentId}
      empty={empty}
    />
  );
}

function columnsOf(target: string | undefined): readonly Column<DeploymentSummary>[] {
  return [
    { id: "deployment", header: "Deployment", cell: (each) => <DeploymentName deployment={each} target={target} /> },
    {
      id: "group",
      header: "Application / group",
      hidesOnPhone: true,
      cell: ({ applicationName, deploymentGroupName }) => (
        <GroupLink application={applicationName} group={deploymentGroupName} />
      ),
    },
    {
      id: "revision",
      header: "Revision",
      hidesOnPhone: true,
      cell: ({ revision, deploys }) => <RevisionLabel revision={revision} deploys={deploys} />,
    },
    {
      id: "status",
      header: "Status",
      hidesOnPhone: true,
      width: "140px",
      cell: (each) => <DeploymentStatus deployment={each} />,
    },
    {
      id: "progress",
      header: "Progress",
      hidesOnPhone: true,
      width: "180px",
      cell: (each) => <DeploymentProgress deployment={each} />,
    },
    {
      id: "created",
      header: "Created",
      align: "end",
      width: "110px",
      cell: ({ createdAt, startedAt, completedAt }) => (
        <span className={styles.times}>
          <Time at={createdAt} />
          <span className={styles.took}>
            {completedAt ? "took" : "for"} <Duration from={startedAt ?? createdAt} to={completedAt} />
          </span>
        </span>
      ),
    },
  ];
}

function DeploymentName({ deployment, target }: { deployment: DeploymentSummary; target: string | undefined }) {
  const { deploymentId, description, applicationName, deploymentGroupName } = deployment;
  const words = [...kindWords(deployment), ...(description ? [description] : [])];
  return (
    <span className={styles.name}>
      <span className={styles.first}>
        <Link
          to="/-/deployments/$deployment"
          params={{ deployment: deploymentId }}
          search={target === undefined ? {} : { target }}
          look="quiet"
          className={styles.id}
        >
          {deploymentId}
        </Link>
        <span className={styles.phoneOnly}>
          <DeploymentStatus deployment={deployment} />
        </span>
      </span>
      <span className={styles.phoneOnly}>
        {applicationName} / {deploymentGroupName}
      </span>
      {words.length > 0 && <span className={styles.description}>{words.join(" · ")}</span>}
    </span>
  );
}

function DeploymentStatus({ deployment: { status, rolledBackBy, rollbackOf } }: { deployment: DeploymentSummary }) {
  const other = rolledBackBy ?? rollbackOf;
  return (
    <span className={styles.status}>
      <StatusBadge status={status} />
      {other && (
        <Link to="/-/deployments/$deployment" params={{ deployment: other }} look="quiet" className={styles.rollback}>
          <Icon name="undo" size={12} />
          {rolledBackBy ? "Rollback" : `Of ${rollbackOf}`}
        </Link>
      )}
    </span>
  );
}
