import { getRouteApi } from "@tanstack/react-router";
import { type AllHosts, useAllHosts } from "../../api/all-hosts.ts";
import { EmptyState } from "../../design/empty-state.tsx";
import { ErrorNote } from "../../design/error-note.tsx";
import { Note } from "../../design/note.tsx";
import { PageHeader } from "../../design/page-header.tsx";
import { Card } from "../../design/section.tsx";
import { SkeletonRows } from "../../design/skeleton.tsx";
import { formatSort, parseSort } from "../../design/sort.ts";
import { Tabs } from "../../design/tabs.tsx";
import { ActionButton } from "../../shell/access.tsx";
import { changedSearch, type SearchChange } from "../../shell/changed-search.ts";
import { usePageTitle } from "../../shell/page-title.tsx";
import { DeclareHostDialog } from "./declare-host-dialog.tsx";
import { HOST_SORT_DEFAULT, hostRows, tagText } from "./host-filter.ts";
import { HostFilters } from "./host-filters.tsx";
import { HostTable } from "./host-table.tsx";
import type { HostsSearch } from "./hosts-search.ts";
import { JoinHostDialog } from "./join-host-dialog.tsx";
import { TokenList } from "./token-list.tsx";

const route = getRouteApi("/inside/-/hosts");

/** Every host, how it is, and how another one joins. */
export function HostsPage() {
  usePageTitle("Hosts");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { data, error } = useAllHosts();
  const change = (more: SearchChange<HostsSearch>) =>
    void navigate({ search: (before) => changedSearch(before, more), replace: true, resetScroll: false });
  const close = () => change({ dialog: undefined });
  return (
    <>
      <PageHeader
        title="Hosts"
        description="Machines with an agent, to which groups deploy by tags."
        actions={
          <>
            <ActionButton action="sluice:DeclareHost" onPress={() => change({ dialog: "declare" })}>
              Declare a host
            </ActionButton>
            <JoinButton onPress={() => change({ dialog: "join" })} />
          </>
        }
      />
      {error && <ErrorNote error={error} title="The hosts could not be read." />}
      <Tabs
        label="Hosts and tokens"
        selected={search.view ?? "hosts"}
        onSelect={(id) => change({ view: id === "tokens" ? "tokens" : undefined })}
        tabs={[
          {
            id: "hosts",
            title: "Hosts",
            count: data?.hosts.length,
            content: data ? (
              <HostList all={data} search={search} onChange={change} />
            ) : (
              !error && (
                <Card padded={false}>
                  <SkeletonRows rows={10} />
                </Card>
              )
            ),
          },
          { id: "tokens", title: "Enrolment tokens", content: <TokenList /> },
        ]}
      />
      {search.dialog === "join" && <JoinHostDialog onClose={close} />}
      {search.dialog === "declare" && <DeclareHostDialog onClose={close} />}
    </>
  );
}

interface HostListProps {
  readonly all: AllHosts;
  readonly search: HostsSearch;
  readonly onChange: (change: SearchChange<HostsSearch>) => void;
}

function HostList({ all: { hosts, trouble }, search, onChange }: HostListProps) {
  const sort = parseSort(search.sort, HOST_SORT_DEFAULT);
  if (hosts.length === 0) return <NoHosts onJoin={() => onChange({ dialog: "join" })} />;
  const rows = hostRows(hosts, search, sort);
  return (
    <>
      {trouble && <Note tone="danger" title={trouble} />}
      <HostFilters hosts={hosts} left={rows.length} search={search} onChange={onChange} />
      <HostTable
        hosts={rows}
        sort={sort}
        onSort={(next) => onChange({ sort: formatSort(next) })}
        onTag={(tag) => onChange({ tag: [...new Set([...(search.tag ?? []), tagText(tag)])] })}
        empty={
          <EmptyState icon="filter" title="No host matches the filter">
            Clear it to see all {hosts.length}.
          </EmptyState>
        }
      />
    </>
  );
}

function NoHosts({ onJoin }: { onJoin: () => void }) {
  return (
    <Card>
      <EmptyState icon="server" title="No host yet" action={<JoinButton onPress={onJoin} />}>
        A host joins with one command, which contains a fresh token. It needs Sluice, and no Node.
      </EmptyState>
    </Card>
  );
}

function JoinButton({ onPress }: { onPress: () => void }) {
  return (
    <ActionButton action="sluice:CreateEnrolmentToken" variant="primary" icon="plus" onPress={onPress}>
      Join a host
    </ActionButton>
  );
}
