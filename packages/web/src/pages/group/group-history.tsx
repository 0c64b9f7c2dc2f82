import type { DeploymentSummary } from "@sluice/wire/sluice/console-api.ts";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useOperation } from "../../api/use-operation.ts";
import { Button } from "../../design/button.tsx";
import { Checkbox } from "../../design/checkbox.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ErrorNote } from "../../design/error-note.tsx";
import { Link } from "../../design/link.tsx";
import { Section } from "../../design/section.tsx";
import { SkeletonRows } from "../../design/skeleton.tsx";
import { StatusBadge } from "../../design/status-badge.tsx";
import { type Column, Table } from "../../design/table.tsx";
import { Duration, Time } from "../../design/time.tsx";
import type { GroupNames } from "../../forms/trigger-tests.tsx";
import { DeploymentProgress } from "../../parts/deployment-progress.tsx";
import { RevisionLabel } from "../../parts/revision-label.tsx";
import styles from "./group-history.module.css";

const SHOWN = 15;
const COMPARED = 2;

/** The deployments to the group, two of which can be compared. */
export function GroupHistory({ names }: { names: GroupNames }) {
  const navigate = useNavigate();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const { data, error, isPending } = useOperation(
    "Sluice",
    "SearchDeployments",
    { ...names, limit: SHOWN },
    { live: { deployment: "any" } },
  );
  const deployments = data?.deployments ?? [];
  const choose = (id: string, isChosen: boolean) =>
    // The third one takes the place of the first.
    setChosen((before) => (isChosen ? [...before, id].slice(-COMPARED) : before.filter((other) => other !== id)));
  const compare = () => {
    // The older one is where the comparison comes from.
    const [to, from] = deployments.map(({ deploymentId }) => deploymentId).filter((id) => chosen.includes(id));
    if (from !== undefined && to !== undefined) void navigate({ to: "/-/compare", search: { from, to } });
  };
  return (
    <Section
      title="History"
      actions={
        <>
          {deployments.length > 1 && (
            <Button
              size="small"
              icon="compare"
              onPress={compare}
              unavailable={chosen.length === COMPARED ? undefined : "Choose two deployments first."}
            >
              Compare
            </Button>
          )}
          <Link to="/-/history" search={{ application: names.applicationName, group: names.deploymentGroupName }}>
            All deployments
          </Link>
        </>
      }
    >
      {error && <ErrorNote error={error} title="The history could not be read." />}
      {isPending && !error && <SkeletonRows />}
      {data && (
        <Table
          label={`Deployments to ${names.deploymentGroupName}`}
          columns={columnsOf(chosen, choose, deployments.length > 1)}
          rows={deployments}
          rowKey={({ deploymentId }) => deploymentId}
          empty={
            <EmptyState icon="history" title="Nothing was deployed here yet">
              Press Deploy: what it will do is shown before it begins.
            </EmptyState>
          }
        />
      )}
    </Section>
  );
}

function columnsOf(
  chosen: readonly string[],
  choose: (id: string, isChosen: boolean) => void,
  canCompare: boolean,
): readonly Column<DeploymentSummary>[] {
  return [
    {
      id: "deployment",
      header: "Deployment",
      cell: ({ deploymentId, description }) => (
        <span className={styles.name}>
          {canCompare && (
            <Checkbox
              aria-label={`Compare ${deploymentId}`}
              isSelected={chosen.includes(deploymentId)}
              onChange={(isChosen) => choose(deploymentId, isChosen)}
            >
              {null}
            </Checkbox>
          )}
          <span className={styles.words}>
            <Link
              to="/-/deployments/$deployment"
              params={{ deployment: deploymentId }}
              look="quiet"
              className={styles.id}
            >
              {deploymentId}
            </Link>
            {description && <span className={styles.description}>{description}</span>}
          </span>
        </span>
      ),
    },
    {
      id: "revision",
      header: "Revision",
      hidesOnPhone: true,
      cell: ({ revision, deploys }) => <RevisionLabel revision={revision} deploys={deploys} />,
    },
    { id: "status", header: "Status", width: "140px", cell: ({ status }) => <StatusBadge status={status} /> },
    {
      id: "progress",
      header: "Progress",
      width: "170px",
      hidesOnPhone: true,
      cell: (deployment) => <DeploymentProgress deployment={deployment} />,
    },
    {
      id: "created",
      header: "Created",
      width: "120px",
      align: "end",
      cell: ({ createdAt, startedAt, completedAt }) => (
        <span className={styles.times}>
          <Time at={createdAt} />
          <span className={styles.description}>
            <Duration from={startedAt ?? createdAt} to={completedAt} />
          </span>
        </span>
      ),
    },
  ];
}
