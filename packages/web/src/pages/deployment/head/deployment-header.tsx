import type { DescribeDeploymentOutput } from "@sluice/wire/sluice/console-api.ts";
import { Copyable } from "../../../design/copyable.tsx";
import { KeyValue } from "../../../design/key-value.tsx";
import { Link } from "../../../design/link.tsx";
import { PageHeader } from "../../../design/page-header.tsx";
import { Badge, StatusBadge } from "../../../design/status-badge.tsx";
import { Duration, Time } from "../../../design/time.tsx";
import { TimedText } from "../../../design/timed-text.tsx";
import { kindWords } from "../../../parts/creator-words.ts";
import { GroupLink } from "../../../parts/group-link.tsx";
import { RevisionLabel } from "../../../parts/revision-label.tsx";
import { useAccess } from "../../../shell/access.tsx";
import { DeploymentActions } from "../actions/deployment-actions.tsx";
import { eventDuration } from "../event-duration.ts";
import styles from "./deployment-header.module.css";
import { StatusMessages } from "./status-messages.tsx";

/** The whole story in one sentence, with what leads on from it. */
export function DeploymentHeader({ described }: { described: DescribeDeploymentOutput }) {
  const { deployment, story, step, statusMessages } = described;
  const { isReadOnly } = useAccess();
  const { deploymentId, applicationName, deploymentGroupName, status, rollbackOf, rolledBackBy } = deployment;
  const { createdAt, startedAt, completedAt, description } = deployment;
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
            {kindWords(deployment).map((word) => (
              <Badge key={word}>{word}</Badge>
            ))}
            {isReadOnly && <Badge icon="lock">Read only</Badge>}
          </>
        }
        description={
          <>
            <span className={styles.story}>
              <TimedText text={story} />
            </span>
            {description && <span className={styles.description}>{description}</span>}
          </>
        }
        actions={<DeploymentActions described={described} />}
      />
      <div className={styles.facts}>
        <KeyValue
          look="grid"
          items={[
            completedAt
              ? { name: "Took", value: eventDuration(completedAt.getTime() - createdAt.getTime()) }
              : {
                  name: "Now",
                  value: (
                    <>
                      {step?.name ?? "Going on"} <Duration from={step?.since ?? createdAt} />
                    </>
                  ),
                },
            {
              name: completedAt ? "Ended" : startedAt ? "Started" : "Created",
              value: <Time at={completedAt ?? startedAt ?? createdAt} />,
            },
            { name: "Revision", value: <RevisionLabel revision={deployment.revision} deploys={deployment.deploys} /> },
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
          ].map((item) => ({ ...item, value: item.value || undefined }))}
        />
        <StatusMessages messages={statusMessages} />
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
