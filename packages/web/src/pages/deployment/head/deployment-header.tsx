import type { DescribeDeploymentOutput } from "@sluice/wire/sluice/console-api.ts";
import { Copyable } from "../../../design/copyable.tsx";
import { KeyValue } from "../../../design/key-value.tsx";
import { Link } from "../../../design/link.tsx";
import { PageHeader } from "../../../design/page-header.tsx";
import { Badge, StatusBadge } from "../../../design/status-badge.tsx";
import { Duration, Time } from "../../../design/time.tsx";
import { creatorWords } from "../../../parts/creator-words.ts";
import { GroupLink } from "../../../parts/group-link.tsx";
import { RevisionLabel } from "../../../parts/revision-label.tsx";
import { useAccess } from "../../../shell/access.tsx";
import { DeploymentActions } from "../actions/deployment-actions.tsx";
import styles from "./deployment-header.module.css";

/** The whole story in one sentence, with what leads on from it. */
export function DeploymentHeader({ described }: { described: DescribeDeploymentOutput }) {
  const { deployment, story, step, statusMessages } = described;
  const { isReadOnly } = useAccess();
  const { deploymentId, applicationName, deploymentGroupName, status, creator, rollbackOf, rolledBackBy } = deployment;
  const { createdAt, startedAt, completedAt, description } = deployment;
  const by = creatorWords(creator);
  return (
    <>
      <PageHeader
        breadcrumbs={[
          <Link key="history" to="/-/history" look="quiet">
            Deployments
          </Link>,
          <GroupLink key="group" application={applicationName} group={deploymentGroupName} />,
        ]}
        title={<Copyable text={deploymentId} noun="deployment's id" />}
        aside={
          <>
            <StatusBadge status={status} />
            {by && <Badge>{by}</Badge>}
            {isReadOnly && <Badge icon="lock">Read only</Badge>}
          </>
        }
        description={<span className={styles.story}>{story}</span>}
        actions={<DeploymentActions described={described} />}
      />
      <div className={styles.facts}>
        <KeyValue
          look="grid"
          items={[
            {
              name: completedAt ? "Took" : step ? step.name : "Age",
              value: (
                <Duration from={completedAt ? (startedAt ?? createdAt) : (step?.since ?? createdAt)} to={completedAt} />
              ),
            },
            {
              name: completedAt ? "Ended" : startedAt ? "Started" : "Created",
              value: <Time at={completedAt ?? startedAt ?? createdAt} />,
            },
            { name: "Revision", value: <RevisionLabel revision={deployment.revision} /> },
            {
              name: "Configuration",
              value: (
                <Link to="/-/configs/$config" params={{ config: deployment.deploymentConfigName }} look="quiet">
                  {shortConfig(deployment.deploymentConfigName)}
                </Link>
              ),
            },
            { name: "Rolls back", value: rollbackOf && <DeploymentLink id={rollbackOf} /> },
            { name: "Rolled back by", value: rolledBackBy && <DeploymentLink id={rolledBackBy} /> },
            { name: "Description", value: description || undefined },
          ].map((item) => ({ ...item, value: item.value || undefined }))}
        />
        {statusMessages.length > 0 && (
          <ul className={styles.messages}>
            {statusMessages.map((message) => (
              <li key={message}>{message}</li>
            ))}
          </ul>
        )}
      </div>
    </>
  );
}

function DeploymentLink({ id }: { id: string }) {
  return (
    <Link to="/-/deployments/$deployment" params={{ deployment: id }} search={{}}>
      {id}
    </Link>
  );
}

function shortConfig(name: string): string {
  return name.replace(/^CodeDeployDefault\./, "");
}
