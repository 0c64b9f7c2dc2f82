import type { RevisionLocation } from "@aws-sdk/client-codedeploy";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useOperation } from "../../api/use-operation.ts";
import { ErrorNote } from "../../design/error-note.tsx";
import { Link } from "../../design/link.tsx";
import { PageHeader } from "../../design/page-header.tsx";
import { Card } from "../../design/section.tsx";
import { SkeletonRows } from "../../design/skeleton.tsx";
import { platformOf } from "../../forms/platform-words.ts";
import { keyOfRevision } from "../../forms/revision-table.tsx";
import { useAll } from "../../forms/use-all.ts";
import { usePageTitle } from "../../shell/page-title.tsx";
import { newDeployForm } from "./deploy-form-state.ts";
import { DeployWizard } from "./deploy-wizard.tsx";

export function DeployPage() {
  const { application, group } = useParams({ from: "/inside/-/applications/$application/groups/$group/deploy" });
  const { revisionOf, revision } = useSearch({ from: "/inside/-/applications/$application/groups/$group/deploy" });
  usePageTitle("Create deployment", group, application);
  const navigate = useNavigate();
  const found = useOperation(
    "CodeDeploy",
    "GetDeploymentGroup",
    { applicationName: application, deploymentGroupName: group },
    { live: { changed: ["groups"] } },
  );
  const earlier = useOperation(
    "CodeDeploy",
    "GetDeployment",
    { deploymentId: revisionOf ?? "" },
    { enabled: revisionOf !== undefined },
  );
  const registered = useAll(
    "CodeDeploy",
    "ListApplicationRevisions",
    { applicationName: application },
    ({ revisions }) => revisions,
    { enabled: revision !== undefined },
  );
  const chosen =
    earlier.data?.deploymentInfo?.revision ?? registered.data?.find((one) => keyOfRevision(one) === revision);
  const info = found.data?.deploymentGroupInfo;
  const isReady =
    info !== undefined &&
    (revisionOf === undefined || !earlier.isPending) &&
    (revision === undefined || !registered.isPending);
  return (
    <>
      <PageHeader
        title="Create deployment"
        description={`To ${group} of ${application}. Nothing happens before you have seen what it will do.`}
        breadcrumbs={[
          <Link key="applications" to="/-/applications">
            Applications
          </Link>,
          <Link key="application" to="/-/applications/$application" params={{ application }}>
            {application}
          </Link>,
          <Link key="group" to="/-/applications/$application/groups/$group" params={{ application, group }}>
            {group}
          </Link>,
        ]}
      />
      {found.error && <ErrorNote error={found.error} title="The group could not be read." />}
      {earlier.error && <ErrorNote error={earlier.error} title="The earlier deployment could not be read." />}
      {!found.error && !isReady && (
        <Card padded={false}>
          <SkeletonRows />
        </Card>
      )}
      {isReady && (
        <DeployWizard
          group={info}
          target={{
            applicationName: application,
            deploymentGroupName: group,
            platform: platformOf(info.computePlatform),
            isBlueGreen: info.deploymentStyle?.deploymentType === "BLUE_GREEN",
          }}
          initial={startOf(platformOf(info.computePlatform), chosen)}
          onCancel={() =>
            navigate({ to: "/-/applications/$application/groups/$group", params: { application, group } })
          }
          onDeployed={(deployment) => navigate({ to: "/-/deployments/$deployment", params: { deployment } })}
        />
      )}
    </>
  );
}

function startOf(platform: ReturnType<typeof platformOf>, revision: RevisionLocation | undefined) {
  const form = newDeployForm(platform);
  return revision === undefined ? form : { ...form, source: "registered" as const, registered: revision };
}
