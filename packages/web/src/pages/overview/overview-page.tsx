import { useOperation } from "../../api/use-operation.ts";
import { ErrorNote } from "../../design/error-note.tsx";
import { PageHeader } from "../../design/page-header.tsx";
import { Card } from "../../design/section.tsx";
import { SkeletonRows } from "../../design/skeleton.tsx";
import { usePageTitle } from "../../shell/page-title.tsx";
import { ActiveDeployments } from "./active-deployments.tsx";
import { AttentionList } from "./attention-list.tsx";
import { NoApplications, NoHosts } from "./first-steps.tsx";
import { GroupTable } from "./group-table.tsx";
import { HostTotals } from "./host-totals.tsx";
import { OVERVIEW_INTEREST } from "./overview-interest.ts";

/** What waits for a person, what is changing, and what runs where. */
export function OverviewPage() {
  usePageTitle("Overview");
  const { data, error } = useOperation("Sluice", "GetOverview", {}, { live: OVERVIEW_INTEREST });
  const hasHosts = data?.hosts.some(({ count }) => count > 0) ?? false;
  return (
    <>
      <PageHeader title="Overview" description={hasHosts && <HostTotals hosts={data?.hosts ?? []} />} />
      {error && <ErrorNote error={error} title="The overview could not be read." />}
      {!data && !error && (
        <Card padded={false}>
          <SkeletonRows rows={8} />
        </Card>
      )}
      {data && (
        <>
          {(data.groups.length > 0 || data.attention.length > 0) && <AttentionList attention={data.attention} />}
          {data.groups.length > 0 && <ActiveDeployments deployments={data.deployments} />}
          {data.groups.length > 0 ? <GroupTable groups={data.groups} /> : <NoApplications hasHosts={hasHosts} />}
          {!hasHosts && <NoHosts />}
        </>
      )}
    </>
  );
}
