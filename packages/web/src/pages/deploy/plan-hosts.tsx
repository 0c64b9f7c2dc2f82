import type { PlannedHost } from "@sluice/wire/sluice/sluice-api.ts";
import { useState } from "react";
import { Button } from "../../design/button.tsx";
import { Link } from "../../design/link.tsx";
import { Section } from "../../design/section.tsx";
import { Badge } from "../../design/status-badge.tsx";
import { type Column, Table } from "../../design/table.tsx";

const SHOWN_HOSTS = 12;

/** The hosts that it goes to, those with a problem first. */
export function PlanHosts({ hosts }: { hosts: readonly PlannedHost[] }) {
  const [showsAll, setShowsAll] = useState(false);
  const sorted = [...hosts].sort(
    (one, other) => Number(other.dark) - Number(one.dark) || Number(one.healthy) - Number(other.healthy),
  );
  const columns = COLUMNS.filter(({ id }) => id !== "fleet" || hosts.some(({ fleet }) => fleet !== undefined)).filter(
    ({ id }) => id !== "traffic" || hosts.some(({ traffic }) => traffic.length > 0),
  );
  return (
    <Section
      title="Hosts"
      count={hosts.length}
      actions={
        hosts.length > SHOWN_HOSTS && (
          <Button size="small" onPress={() => setShowsAll(!showsAll)}>
            {showsAll ? "Show fewer" : `Show all ${hosts.length}`}
          </Button>
        )
      }
    >
      <Table
        label="Hosts of the deployment"
        columns={columns}
        rows={showsAll ? sorted : sorted.slice(0, SHOWN_HOSTS)}
        rowKey={({ targetId, fleet }) => `${targetId} ${fleet ?? ""}`}
      />
    </Section>
  );
}

const COLUMNS: readonly Column<PlannedHost>[] = [
  {
    id: "host",
    header: "Host",
    cell: ({ hostName, targetId }) => (
      <Link to="/-/hosts/$host" params={{ host: targetId }} look="quiet" target="_blank">
        {hostName}
      </Link>
    ),
  },
  { id: "fleet", header: "Fleet", width: "110px", cell: ({ fleet }) => fleet },
  { id: "zone", header: "Zone", width: "110px", hidesOnPhone: true, cell: ({ zone }) => zone },
  {
    id: "state",
    header: "Now",
    cell: ({ dark, problem, healthy, revision }) =>
      dark ? (
        <>
          <Badge tone="danger">Dark</Badge> {problem}
        </>
      ) : (
        `${healthy ? "Healthy" : "Failed last, or never deployed to"}${revision === "Current" ? ", current revision" : revision === "Old" ? ", another revision" : ""}`
      ),
  },
  {
    id: "traffic",
    header: "Traffic",
    width: "130px",
    hidesOnPhone: true,
    cell: ({ traffic }) => traffic.map(({ group, state }) => `${group}: ${state}`).join(", "),
  },
];
