import type { GroupOverview } from "@sluice/wire/sluice/console-api.ts";
import { getRouteApi } from "@tanstack/react-router";
import { EmptyState } from "../../design/empty-state.tsx";
import { FilterSelect } from "../../design/filter-select.tsx";
import { ButtonLink, Link } from "../../design/link.tsx";
import { Section } from "../../design/section.tsx";
import { formatSort, parseSort } from "../../design/sort.ts";
import { Badge } from "../../design/status-badge.tsx";
import { type Column, Table } from "../../design/table.tsx";
import { Time } from "../../design/time.tsx";
import { Toolbar } from "../../design/toolbar.tsx";
import { platformTitle } from "../../forms/platform-words.ts";
import { ClearFilters } from "../../parts/clear-filters.tsx";
import { FilterText } from "../../parts/filter-text.tsx";
import { GroupLink } from "../../parts/group-link.tsx";
import { LastDeployment } from "../../parts/last-deployment.tsx";
import { RevisionLabel } from "../../parts/revision-label.tsx";
import { changedSearch, type SearchChange } from "../../shell/changed-search.ts";
import { GROUP_SORT_DEFAULT, groupKey, groupRows } from "./group-rows.ts";
import styles from "./group-table.module.css";

const route = getRouteApi("/inside/");

const PLATFORMS = ["Server", "ECS", "Lambda"] as const;

const COLUMNS: readonly Column<GroupOverview>[] = [
  {
    id: "name",
    header: "Application / group",
    isSortable: true,
    cell: (group) => (
      <span className={styles.name}>
        <GroupLink application={group.applicationName} group={group.deploymentGroupName} />
        {group.isRolledBack && (
          <Badge tone="warning" icon="undo">
            Rolled back
          </Badge>
        )}
        <span className={styles.phoneOnly}>
          <RunningRevision group={group} />
        </span>
      </span>
    ),
  },
  {
    id: "platform",
    header: "Platform",
    isSortable: true,
    cell: ({ computePlatform }) => platformTitle(computePlatform),
    hidesOnPhone: true,
    width: "140px",
  },
  {
    id: "revision",
    header: "Runs",
    isSortable: true,
    hidesOnPhone: true,
    cell: (group) => <RunningRevision group={group} />,
  },
  { id: "status", header: "Last deployment", isSortable: true, cell: (group) => <LastOfGroup group={group} /> },
  {
    id: "deployed",
    header: "Deployed",
    isSortable: true,
    align: "end",
    hidesOnPhone: true,
    width: "130px",
    cell: ({ deployedAt }) => deployedAt && <Time at={deployedAt} />,
  },
];

function RunningRevision({ group }: { group: GroupOverview }) {
  if (group.deploymentGroupName === "") {
    return (
      <Link to="/-/applications/$application/create-group" params={{ application: group.applicationName }}>
        Create its first group
      </Link>
    );
  }
  return <RevisionLabel revision={group.revision} deploys={group.deploys} />;
}

function LastOfGroup({ group: { deploymentGroupName, applicationName, lastDeployment } }: { group: GroupOverview }) {
  if (deploymentGroupName === "") return null;
  if (lastDeployment === undefined) {
    return (
      <Link
        to="/-/applications/$application/groups/$group/deploy"
        params={{ application: applicationName, group: deploymentGroupName }}
      >
        Deploy for the first time
      </Link>
    );
  }
  return <LastDeployment deployment={lastDeployment} />;
}

/** Every application and group, with what runs in it. */
export function GroupTable({ groups }: { groups: readonly GroupOverview[] }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = (more: SearchChange<typeof search>) =>
    void navigate({ search: (before) => changedSearch(before, more), replace: true, resetScroll: false });
  const clear = () => change({ text: undefined, platform: undefined });
  const isFiltered = search.text !== undefined || search.platform !== undefined;
  const sort = parseSort(search.sort, GROUP_SORT_DEFAULT);
  const rows = groupRows(groups, search, sort);
  return (
    <Section
      title="Applications and groups"
      framed={false}
      actions={
        <ButtonLink to="/-/applications" size="small" icon="layers">
          Applications
        </ButtonLink>
      }
    >
      <Toolbar
        label="Filter applications and groups"
        end={isFiltered && <ClearFilters left={rows.length} all={groups.length} onClear={clear} />}
      >
        <FilterText
          label="Filter by name, revision or status"
          placeholder="Name, revision, status"
          value={search.text}
          onChange={(text) => change({ text })}
        />
        <FilterSelect
          label="Platform"
          allowsSeveral={false}
          options={PLATFORMS.map((id) => ({
            id,
            title: id,
            count: groups.filter(({ computePlatform }) => computePlatform === id).length,
          }))}
          value={search.platform === undefined ? [] : [search.platform]}
          onChange={([platform]) => change({ platform: PLATFORMS.find((each) => each === platform) })}
        />
      </Toolbar>
      <div className={styles.card}>
        <Table
          label="Applications and groups"
          columns={COLUMNS}
          rows={rows}
          rowKey={groupKey}
          sort={sort}
          onSort={(next) => change({ sort: formatSort(next) })}
          empty={
            <EmptyState icon="filter" title="Nothing matches the filter">
              Clear it to see all {groups.length}.
            </EmptyState>
          }
        />
      </div>
    </Section>
  );
}
