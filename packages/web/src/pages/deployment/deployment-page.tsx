import { ApiError } from "../../api/api-error.ts";
import { useOperation } from "../../api/use-operation.ts";
import { Button } from "../../design/button.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ErrorNote } from "../../design/error-note.tsx";
import { ButtonLink } from "../../design/link.tsx";
import { PageHeader } from "../../design/page-header.tsx";
import { Card } from "../../design/section.tsx";
import { Skeleton, SkeletonRows } from "../../design/skeleton.tsx";
import { usePageTitle } from "../../shell/page-title.tsx";
import { DeploymentView } from "./deployment-view.tsx";
import { useDeploymentId } from "./use-deployment-search.ts";

/** One deployment, as it happens. */
export function DeploymentPage() {
  const deploymentId = useDeploymentId();
  const { data, error, refetch } = useOperation(
    "Sluice",
    "DescribeDeployment",
    { deploymentId },
    { live: { deployment: deploymentId, changed: ["alarms"] } },
  );
  const { status, applicationName, deploymentGroupName } = data?.deployment ?? {};
  usePageTitle(status, applicationName && `${applicationName} / ${deploymentGroupName}`, deploymentId);
  if (data !== undefined) return <DeploymentView key={deploymentId} described={data} />;
  if (error instanceof ApiError && error.code === "DeploymentDoesNotExistException") {
    return (
      <>
        <PageHeader title={deploymentId} />
        <Card>
          <EmptyState
            icon="rocket"
            title="There is no such deployment"
            action={<ButtonLink to="/-/history">Open the history</ButtonLink>}
          >
            It was never created here, or it was removed when it was older than its retention.
          </EmptyState>
        </Card>
      </>
    );
  }
  return (
    <>
      <PageHeader title={deploymentId} description={error ? undefined : <Skeleton width="420px" />} />
      {error ? (
        <ErrorNote
          error={error}
          title="The deployment could not be read."
          actions={<Button onPress={() => void refetch()}>Try again</Button>}
        />
      ) : (
        <Card padded={false}>
          <SkeletonRows rows={10} />
        </Card>
      )}
    </>
  );
}
