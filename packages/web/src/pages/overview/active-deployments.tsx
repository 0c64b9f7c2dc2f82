import type { DeploymentSummary } from "@sluice/wire/sluice/console-api.ts";
import { Link } from "../../design/link.tsx";
import { Section } from "../../design/section.tsx";
import { StatusBadge } from "../../design/status-badge.tsx";
import { type Column, Table } from "../../design/table.tsx";
import { Duration } from "../../design/time.tsx";
import { DeploymentProgress } from "../../parts/deployment-progress.tsx";
import { RevisionLabel } from "../../parts/revision-label.tsx";
import styles from "./active-deployments.module.css";

const COLUMNS: readonly Column<DeploymentSummary>[] = [
  {
    id: "group",
    header: "Deployment",
    cell: ({ deploymentId, applicationName, deploymentGroupName, description, status }) => (
      <>
        <Link to="/-/deployments/$deployment" params={{ deployment: deploymentId }} look="quiet">
          {applicationName} / {deploymentGroupName}
        </Link>
        <span className={styles.phoneOnly}>
          <StatusBadge status={status} />
        </span>
        {description && <span className={styles.description}>{description}</span>}
      </>
    ),
  },
  {
    id: "revision",
    header: "Revision",
    cell: ({ revision, deploys }) => <RevisionLabel revision={revision} deploys={deploys} />,
    hidesOnPhone: true,
  },
  {
    id: "status",
    header: "Status",
    cell: ({ status }) => <StatusBadge status={status} />,
    width: "120px",
    hidesOnPhone: true,
  },
  {
    id: "progress",
    header: "Progress",
    cell: (deployment) => <DeploymentProgress deployment={deployment} />,
    width: "34%",
  },
  {
    id: "running",
    header: "Running for",
    align: "end",
    width: "110px",
    hidesOnPhone: true,
    cell: ({ createdAt, startedAt }) => <Duration from={startedAt ?? createdAt} />,
  },
];

/** What is changing now, the oldest first. */
export function ActiveDeployments({ deployments }: { deployments: readonly DeploymentSummary[] }) {
  return (
    <Section title="Deploying now" count={deployments.length || undefined}>
      <Table
        label="Deployments in progress"
        columns={COLUMNS}
        rows={deployments}
        rowKey={({ deploymentId }) => deploymentId}
        empty={<p className={styles.none}>Nothing is being deployed.</p>}
      />
    </Section>
  );
}
