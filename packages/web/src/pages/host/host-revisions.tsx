import type { HostRevision } from "@sluice/wire/sluice/console-api.ts";
import { EmptyState } from "../../design/empty-state.tsx";
import { Link } from "../../design/link.tsx";
import { Section } from "../../design/section.tsx";
import { Badge, StatusBadge } from "../../design/status-badge.tsx";
import { type Column, Table } from "../../design/table.tsx";
import { GroupLink } from "../../parts/group-link.tsx";
import { RevisionLabel } from "../../parts/revision-label.tsx";

const COLUMNS: readonly Column<HostRevision>[] = [
  {
    id: "group",
    header: "Application / group",
    cell: ({ applicationName, deploymentGroupName }) => (
      <GroupLink application={applicationName} group={deploymentGroupName} />
    ),
  },
  {
    id: "revision",
    header: "Revision",
    hidesOnPhone: true,
    cell: ({ revision }) => <RevisionLabel revision={revision} />,
  },
  {
    id: "standing",
    header: "Standing",
    cell: ({ standing, isHealthy }) =>
      isHealthy ? (
        <StatusBadge status={standing} />
      ) : (
        <Badge tone="danger" icon="error">
          Its last attempt failed
        </Badge>
      ),
  },
  {
    id: "deployment",
    header: "By",
    hidesOnPhone: true,
    cell: ({ deploymentId }) => (
      <Link to="/-/deployments/$deployment" params={{ deployment: deploymentId }}>
        {deploymentId}
      </Link>
    ),
  },
];

/** What the last attempt of each group left on the host. */
export function HostRevisions({ revisions }: { revisions: readonly HostRevision[] }) {
  return (
    <Section title="On this host" count={revisions.length || undefined}>
      <Table
        label="Revisions on this host"
        columns={COLUMNS}
        rows={revisions}
        rowKey={({ applicationName, deploymentGroupName }) => `${applicationName}\n${deploymentGroupName}`}
        empty={
          <EmptyState icon="box" title="Nothing was deployed to it yet">
            A deployment of a group whose tags it has puts a revision here.
          </EmptyState>
        }
      />
    </Section>
  );
}
