import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { usePages } from "../../api/use-operation.ts";
import { EmptyState } from "../../design/empty-state.tsx";
import { ErrorNote } from "../../design/error-note.tsx";
import { LoadMore } from "../../design/load-more.tsx";
import { PageHeader } from "../../design/page-header.tsx";
import { Card } from "../../design/section.tsx";
import { SkeletonRows } from "../../design/skeleton.tsx";
import { localWords } from "../../design/time-words.ts";
import { changedSearch, type SearchChange } from "../../shell/changed-search.ts";
import { usePageTitle } from "../../shell/page-title.tsx";
import { AuditFilters } from "./audit-filters.tsx";
import { auditInput, isFiltered } from "./audit-input.ts";
import { AuditRecordDialog } from "./audit-record-dialog.tsx";
import type { AuditSearch } from "./audit-search.ts";
import { AuditTable } from "./audit-table.tsx";

/** Who changed what, and who was refused: the newest first, by filters that are in the URL. */
export function AuditPage() {
  usePageTitle("Audit");
  const search = useSearch({ from: "/inside/-/audit" });
  const navigate = useNavigate({ from: "/-/audit" });
  const change = (more: SearchChange<AuditSearch>) =>
    void navigate({ search: (before) => changedSearch(before, more), replace: true, resetScroll: false });
  const { event: openId, ...filters } = search;
  const asked = JSON.stringify(filters);
  // A range counts back from when it was chosen: were it from now, each look would be another question.
  const input = useMemo(() => auditInput(JSON.parse(asked), Date.now()), [asked]);
  const found = usePages("Sluice", "ListAuditEvents", input);
  const pages = found.data?.pages;
  const events = pages?.flatMap((page) => page.events);
  const last = pages?.at(-1);
  const open = events?.find(({ eventId }) => eventId === openId);
  return (
    <>
      <PageHeader
        title="Audit"
        description={
          last?.mayBeOneOfSeveral
            ? `Every change and every refusal that the server on ${last.serverName} answered, the newest first. Other servers on the same database have their own.`
            : "Every change and every refusal: who, from where, what, and how it ended. The newest first."
        }
      />
      <AuditFilters search={search} onChange={change} onRefresh={() => void found.refetch()} />
      {found.error && <ErrorNote error={found.error} title="The audit could not be read." />}
      {events === undefined && !found.error && (
        <Card padded={false}>
          <SkeletonRows rows={10} />
        </Card>
      )}
      {events !== undefined && (
        <Card padded={false}>
          <AuditTable
            events={events}
            onOpen={({ eventId }) => change({ event: eventId })}
            empty={<Nothing isFiltered={isFiltered(search)} goesOn={found.hasNextPage} />}
          />
          {(events.length > 0 || found.hasNextPage) && (
            <LoadMore
              hasMore={found.hasNextPage}
              isLoading={found.isFetchingNextPage}
              onLoad={() => void found.fetchNextPage()}
              shown={shownWords(events.length, found.hasNextPage ? last?.searchedBackTo : undefined)}
            />
          )}
        </Card>
      )}
      {open !== undefined && <AuditRecordDialog event={open} onClose={() => change({ event: undefined })} />}
    </>
  );
}

function shownWords(count: number, backTo: Date | undefined): string {
  const words = `${count} ${count === 1 ? "event" : "events"}`;
  return backTo === undefined ? words : `${words}, back to ${localWords(backTo, true)}`;
}

/** @param goesOn a call reads so much of the files: what fits may be further back */
function Nothing({ isFiltered, goesOn }: { isFiltered: boolean; goesOn: boolean }) {
  if (goesOn) {
    return (
      <EmptyState icon="clock" title="Nothing so far">
        There are older events: load more of them.
      </EmptyState>
    );
  }
  return isFiltered ? (
    <EmptyState icon="filter" title="No event matches the filters">
      Names are compared in full. Take a filter out, or choose a longer time.
    </EmptyState>
  ) : (
    <EmptyState icon="list" title="Nothing is written down yet">
      A call that changes something is, and every one that is refused.
    </EmptyState>
  );
}
