import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useOperation } from "../../api/use-operation.ts";
import { EmptyState } from "../../design/empty-state.tsx";
import { ErrorNote } from "../../design/error-note.tsx";
import { FilterSelect } from "../../design/filter-select.tsx";
import { Link } from "../../design/link.tsx";
import { PageHeader } from "../../design/page-header.tsx";
import { SearchField } from "../../design/search-field.tsx";
import { Card } from "../../design/section.tsx";
import { SkeletonRows } from "../../design/skeleton.tsx";
import { formatSort, parseSort, sortRows } from "../../design/sort.ts";
import { Badge } from "../../design/status-badge.tsx";
import { type Column, Table } from "../../design/table.tsx";
import { Toolbar } from "../../design/toolbar.tsx";
import { PLATFORM_ORDER, platformOf, platformTitle } from "../../forms/platform-words.ts";
import { LastDeployment } from "../../parts/last-deployment.tsx";
import { RevisionLabel } from "../../parts/revision-label.tsx";
import { ActionButton } from "../../shell/access.tsx";
import { usePageTitle } from "../../shell/page-title.tsx";
import { type ApplicationRow, applicationRows, applicationValue } from "./application-rows.ts";
import { CreateApplicationDialog } from "./create-application-dialog.tsx";

const CREATE = "codedeploy:CreateApplication";

export function ApplicationsPage() {
  usePageTitle("Applications");
  const { text = "", platform, sort: written } = useSearch({ from: "/inside/-/applications" });
  const navigate = useNavigate({ from: "/-/applications" });
  const [isCreating, setIsCreating] = useState(false);
  const overview = useOperation(
    "Sluice",
    "GetOverview",
    {},
    { live: { deployment: "any", changed: ["applications", "groups"] } },
  );
  const sort = parseSort(written, "name");
  const all = applicationRows(overview.data?.groups ?? []);
  const found = all.filter(
    (row) =>
      row.name.toLowerCase().includes(text.trim().toLowerCase()) &&
      (platform === undefined || row.platform === platform),
  );
  const create = (
    <ActionButton action={CREATE} variant="primary" icon="plus" onPress={() => setIsCreating(true)}>
      Create application
    </ActionButton>
  );
  return (
    <>
      <PageHeader
        title="Applications"
        description="What is deployed. Each has deployment groups: where it is deployed to, and how."
        actions={create}
      />
      {overview.error && <ErrorNote error={overview.error} title="The applications could not be read." />}
      {overview.isPending ? (
        <Card padded={false}>
          <SkeletonRows />
        </Card>
      ) : all.length === 0 && !overview.error ? (
        <Card>
          <EmptyState icon="layers" title="There is no application yet" action={create}>
            Create one to say what you deploy: to hosts, to a container service, or to a function.
          </EmptyState>
        </Card>
      ) : (
        <>
          <Toolbar label="Filter the applications">
            <SearchField
              label="Search applications"
              value={text}
              onChange={(typed) => navigate({ search: (old) => ({ ...old, text: typed }), replace: true })}
            />
            <FilterSelect
              label="Platform"
              options={PLATFORM_ORDER.map((id) => ({ id, title: platformTitle(id) }))}
              value={platform === undefined ? [] : [platform]}
              allowsSeveral={false}
              onChange={([id]) =>
                navigate({
                  search: ({ platform: _, ...old }) => (id === undefined ? old : { ...old, platform: platformOf(id) }),
                  replace: true,
                })
              }
            />
          </Toolbar>
          <Card padded={false}>
            <Table
              label="Applications"
              columns={COLUMNS}
              rows={sortRows(found, sort, applicationValue)}
              rowKey={({ name }) => name}
              sort={sort}
              onSort={(next) => navigate({ search: (old) => ({ ...old, sort: formatSort(next) }), replace: true })}
              empty={
                <EmptyState icon="search" title="No application fits">
                  Change the search or the filter.
                </EmptyState>
              }
            />
          </Card>
        </>
      )}
      <CreateApplicationDialog
        isOpen={isCreating}
        onClose={() => setIsCreating(false)}
        onCreated={(application) => navigate({ to: "/-/applications/$application", params: { application } })}
      />
    </>
  );
}

const COLUMNS: readonly Column<ApplicationRow>[] = [
  {
    id: "name",
    header: "Application",
    isSortable: true,
    cell: ({ name }) => (
      <Link to="/-/applications/$application" params={{ application: name }} look="quiet">
        {name}
      </Link>
    ),
  },
  {
    id: "platform",
    header: "Platform",
    isSortable: true,
    width: "160px",
    hidesOnPhone: true,
    cell: ({ platform }) => platformTitle(platform),
  },
  {
    id: "groups",
    header: "Groups",
    isSortable: true,
    align: "end",
    width: "90px",
    cell: ({ groups }) => groups,
  },
  {
    id: "last",
    header: "Last deployment",
    isSortable: true,
    width: "230px",
    cell: ({ lastDeployment: last, rolledBackGroups }) =>
      last === undefined ? (
        "None yet"
      ) : (
        <>
          <LastDeployment deployment={last} />
          {rolledBackGroups > 0 && (
            <>
              {" "}
              <Badge tone="warning" icon="undo">
                {rolledBackGroups === 1 ? "Rolled back" : `${rolledBackGroups} rolled back`}
              </Badge>
            </>
          )}
        </>
      ),
  },
  {
    id: "revision",
    header: "Revision",
    hidesOnPhone: true,
    cell: ({ lastDeployment }) =>
      lastDeployment && <RevisionLabel revision={lastDeployment.revision} deploys={lastDeployment.deploys} />,
  },
];
