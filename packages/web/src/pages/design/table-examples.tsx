import { useState } from "react";
import { Link } from "../../design/link.tsx";
import { LoadMore } from "../../design/load-more.tsx";
import { ProgressBar } from "../../design/progress-bar.tsx";
import { Section } from "../../design/section.tsx";
import { parseSort, sortRows } from "../../design/sort.ts";
import { StatusBadge } from "../../design/status-badge.tsx";
import { type Column, Table } from "../../design/table.tsx";
import { Time } from "../../design/time.tsx";

interface Example {
  readonly name: string;
  readonly status: string;
  readonly done: number;
  readonly at: Date;
}

const MINUTE_MILLISECONDS = 60_000;
const ago = (minutes: number) => new Date(Date.now() - minutes * MINUTE_MILLISECONDS);
const ROWS: readonly Example[] = [
  { name: "web / production", status: "InProgress", done: 124, at: ago(4) },
  { name: "web / staging", status: "Succeeded", done: 12, at: ago(52) },
  { name: "payments / production", status: "Ready", done: 40, at: ago(180) },
  { name: "search / production", status: "Failed", done: 3, at: ago(1500) },
];

const COLUMNS: readonly Column<Example>[] = [
  {
    id: "name",
    header: "Group",
    isSortable: true,
    cell: ({ name }) => (
      <Link to="/-/applications" look="quiet">
        {name}
      </Link>
    ),
  },
  {
    id: "status",
    header: "Status",
    isSortable: true,
    width: "140px",
    cell: ({ status }) => <StatusBadge status={status} plain />,
  },
  {
    id: "progress",
    header: "Progress",
    hidesOnPhone: true,
    cell: ({ done, status }) => (
      <ProgressBar
        noun="targets"
        parts={[
          { status: status === "Failed" ? "Failed" : "Succeeded", count: done },
          { status: "Pending", count: 60 },
        ]}
      />
    ),
  },
  { id: "done", header: "Targets", isSortable: true, align: "end", width: "90px", cell: ({ done }) => done },
  { id: "at", header: "Started", isSortable: true, align: "end", width: "130px", cell: ({ at }) => <Time at={at} /> },
];

export function TableExamples() {
  const [sort, setSort] = useState(() => parseSort(undefined, "-at"));
  const rows = sortRows(ROWS, sort, (row, column) => row[column as keyof Example]);
  return (
    <Section
      title="Tables"
      count={rows.length}
      description="A table of hundreds of rows is a VirtualTable, of the same columns."
    >
      <Table label="Examples" columns={COLUMNS} rows={rows} rowKey={({ name }) => name} sort={sort} onSort={setSort} />
      <LoadMore hasMore isLoading={false} onLoad={() => {}} shown="4 deployments" />
    </Section>
  );
}
