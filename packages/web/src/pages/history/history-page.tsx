import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { usePages } from "../../api/use-operation.ts";
import { EmptyState } from "../../design/empty-state.tsx";
import { ErrorNote } from "../../design/error-note.tsx";
import { ButtonLink } from "../../design/link.tsx";
import { LoadMore } from "../../design/load-more.tsx";
import { PageHeader } from "../../design/page-header.tsx";
import { Card } from "../../design/section.tsx";
import { SkeletonRows } from "../../design/skeleton.tsx";
import { DeploymentTable } from "../../parts/deployment-table.tsx";
import { changedSearch, type SearchChange } from "../../shell/changed-search.ts";
import { usePageTitle } from "../../shell/page-title.tsx";
import { HistoryFilters } from "./history-filters.tsx";
import type { HistorySearch } from "./history-search.ts";
import { isFiltered, searchInput } from "./search-input.ts";

/** Every deployment that is kept, the newest first, by filters that are in the URL. */
export function HistoryPage() {
  usePageTitle("History");
  const search = useSearch({ from: "/inside/-/history" });
  const navigate = useNavigate({ from: "/-/history" });
  const change = (more: SearchChange<HistorySearch>) =>
    void navigate({ search: (before) => changedSearch(before, more), replace: true, resetScroll: false });
  // A range counts back from when it was chosen: were it from now, each look would be another question.
  const input = useMemo(() => searchInput(search, Date.now()), [search]);
  const found = usePages("Sluice", "SearchDeployments", input, { live: { deployment: "any" } });
  const deployments = found.data?.pages.flatMap((page) => page.deployments);
  return (
    <>
      <PageHeader title="History" description="Every deployment, the newest first." />
      <HistoryFilters search={search} onChange={change} />
      {found.error && <ErrorNote error={found.error} title="The deployments could not be read." />}
      {deployments === undefined && !found.error && (
        <Card padded={false}>
          <SkeletonRows rows={10} />
        </Card>
      )}
      {deployments !== undefined && (
        <Card padded={false}>
          <DeploymentTable
            label="Deployments"
            deployments={deployments}
            target={undefined}
            empty={isFiltered(search) ? <NothingFound /> : <NoDeployments />}
          />
          {deployments.length > 0 && (
            <LoadMore
              hasMore={found.hasNextPage}
              isLoading={found.isFetchingNextPage}
              onLoad={() => void found.fetchNextPage()}
              shown={`${deployments.length} ${deployments.length === 1 ? "deployment" : "deployments"}${found.hasNextPage ? " so far" : ""}`}
            />
          )}
        </Card>
      )}
    </>
  );
}

function NothingFound() {
  return (
    <EmptyState icon="filter" title="No deployment matches the filters">
      Take one of them out, or choose a longer time.
    </EmptyState>
  );
}

function NoDeployments() {
  return (
    <EmptyState
      icon="rocket"
      title="Nothing was deployed yet"
      action={
        <ButtonLink to="/-/applications" variant="primary">
          Choose an application
        </ButtonLink>
      }
    >
      A deployment brings a revision of an application to one of its groups.
    </EmptyState>
  );
}
