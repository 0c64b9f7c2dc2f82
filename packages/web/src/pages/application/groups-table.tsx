import type { GroupOverview } from "@sluice/wire/sluice/console-api.ts";
import { ButtonLink, Link } from "../../design/link.tsx";
import { Badge } from "../../design/status-badge.tsx";
import { type Column, Table } from "../../design/table.tsx";
import { Time } from "../../design/time.tsx";
import { Allowed } from "../../forms/allowed.tsx";
import { LastDeployment } from "../../parts/last-deployment.tsx";
import { RevisionLabel } from "../../parts/revision-label.tsx";
import styles from "./groups-table.module.css";

/** The groups of an application, with what runs in each. */
export function GroupsTable({ application, groups }: { application: string; groups: readonly GroupOverview[] }) {
  return (
    <Table
      label={`Deployment groups of ${application}`}
      columns={columnsOf(application)}
      rows={groups}
      rowKey={({ deploymentGroupName }) => deploymentGroupName}
    />
  );
}

function columnsOf(application: string): readonly Column<GroupOverview>[] {
  return [
    {
      id: "group",
      header: "Group",
      cell: ({ deploymentGroupName: group, isRolledBack }) => (
        <span className={styles.name}>
          <Link to="/-/applications/$application/groups/$group" params={{ application, group }} look="quiet">
            {group}
          </Link>
          {isRolledBack && (
            <Badge tone="warning" icon="undo">
              Rolled back
            </Badge>
          )}
        </span>
      ),
    },
    {
      id: "revision",
      header: "Runs now",
      cell: ({ revision, deploys }) => <RevisionLabel revision={revision} deploys={deploys} />,
    },
    {
      id: "since",
      header: "Since",
      width: "130px",
      hidesOnPhone: true,
      cell: ({ deployedAt }) => deployedAt && <Time at={deployedAt} />,
    },
    {
      id: "last",
      header: "Last deployment",
      hidesOnPhone: true,
      cell: ({ lastDeployment: last }) => last && <LastDeployment deployment={last} />,
    },
    {
      id: "deploy",
      header: <span className={styles.hidden}>Actions</span>,
      align: "end",
      width: "110px",
      cell: ({ deploymentGroupName: group }) => (
        <Allowed action="codedeploy:CreateDeployment" label="Deploy" icon="rocket" size="small">
          <ButtonLink
            to="/-/applications/$application/groups/$group/deploy"
            params={{ application, group }}
            size="small"
            icon="rocket"
            aria-label={`Deploy to ${group}`}
          >
            Deploy
          </ButtonLink>
        </Allowed>
      ),
    },
  ];
}
