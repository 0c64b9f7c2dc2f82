import type { DeploymentGroupInfo } from "@aws-sdk/client-codedeploy";
import { useOperation } from "../../api/use-operation.ts";
import { KeyValue } from "../../design/key-value.tsx";
import { ButtonLink, Link } from "../../design/link.tsx";
import { Note } from "../../design/note.tsx";
import { Section } from "../../design/section.tsx";
import { StatusBadge } from "../../design/status-badge.tsx";
import { Time } from "../../design/time.tsx";
import { DeploymentProgress } from "../../parts/deployment-progress.tsx";
import { RevisionLabel } from "../../parts/revision-label.tsx";

const ENDED: readonly string[] = ["Succeeded", "Failed", "Stopped"];

/** What runs in the group, and what is changing it. */
export function GroupNow({ group }: { group: DeploymentGroupInfo }) {
  const { applicationName = "", deploymentGroupName = "", lastAttemptedDeployment: last } = group;
  const { lastSuccessfulDeployment: success, targetRevision } = group;
  const isActive = last?.status !== undefined && !ENDED.includes(last.status);
  const { data } = useOperation(
    "Sluice",
    "SearchDeployments",
    { applicationName, deploymentGroupName, limit: 1 },
    { enabled: isActive, live: { deployment: last?.deploymentId } },
  );
  const active = data?.deployments.find(({ deploymentId }) => deploymentId === last?.deploymentId);
  return (
    <>
      {isActive && last?.deploymentId && (
        <Section title="Deploying now" padded>
          <KeyValue
            look="grid"
            items={[
              { name: "Deployment", value: <DeploymentLink id={last.deploymentId} /> },
              {
                name: "Revision",
                value: active && <RevisionLabel revision={active.revision} deploys={active.deploys} />,
              },
              { name: "Status", value: <StatusBadge status={last.status ?? ""} /> },
              { name: "Progress", value: active && <DeploymentProgress deployment={active} /> },
            ]}
          />
        </Section>
      )}
      <Section
        title="Runs now"
        padded
        actions={
          success?.deploymentId !== undefined && (
            <ButtonLink
              to="/-/deployments/$deployment"
              params={{ deployment: last?.deploymentId ?? success.deploymentId }}
              size="small"
              icon="undo"
            >
              Roll back
            </ButtonLink>
          )
        }
      >
        {targetRevision ? (
          <KeyValue
            look="grid"
            items={[
              { name: "Revision", value: <RevisionLabel revision={targetRevision} /> },
              { name: "Since", value: success?.endTime && <Time at={success.endTime} /> },
              { name: "By", value: success?.deploymentId && <DeploymentLink id={success.deploymentId} /> },
              {
                name: "Last attempt",
                value: last?.deploymentId && !isActive && last.deploymentId !== success?.deploymentId && (
                  <>
                    <StatusBadge status={last.status ?? ""} /> <DeploymentLink id={last.deploymentId} />
                  </>
                ),
              },
            ].filter(({ value }) => value !== false)}
          />
        ) : (
          <Note title="Nothing runs here yet">
            <p>
              No deployment to this group has succeeded.{" "}
              <DeployLink application={applicationName} group={deploymentGroupName} />
            </p>
          </Note>
        )}
      </Section>
    </>
  );
}

function DeployLink({ application, group }: { application: string; group: string }) {
  return (
    <Link to="/-/applications/$application/groups/$group/deploy" params={{ application, group }}>
      Create the first one
    </Link>
  );
}

function DeploymentLink({ id }: { id: string }) {
  return (
    <Link to="/-/deployments/$deployment" params={{ deployment: id }}>
      {id}
    </Link>
  );
}
