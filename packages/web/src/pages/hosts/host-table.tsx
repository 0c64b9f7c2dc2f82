import type { HostSummary, Tag } from "@sluice/wire/sluice/sluice-api.ts";
import type { ReactNode } from "react";
import { Link } from "../../design/link.tsx";
import type { Sort } from "../../design/sort.ts";
import { StatusBadge, StatusIcon } from "../../design/status-badge.tsx";
import type { Column } from "../../design/table.tsx";
import { VirtualTable } from "../../design/virtual-table.tsx";
import { EditTagsButton } from "./edit-tags-button.tsx";
import styles from "./host-table.module.css";
import { LastPoll } from "./last-poll.tsx";
import { TagList } from "./tag-list.tsx";

const TAGS_SHOWN = 4;

interface HostTableProps {
  readonly hosts: readonly HostSummary[];
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
  readonly onTag: (tag: Tag) => void;
  readonly empty: ReactNode;
}

/** All hosts that the filter leaves, thousands of them if there are. */
export function HostTable({ hosts, sort, onSort, onTag, empty }: HostTableProps) {
  return (
    <div className={styles.card}>
      <VirtualTable
        label="Hosts"
        columns={columnsOf(onTag)}
        rows={hosts}
        rowKey={({ hostId }) => hostId}
        sort={sort}
        onSort={onSort}
        empty={empty}
      />
    </div>
  );
}

function columnsOf(onTag: (tag: Tag) => void): readonly Column<HostSummary>[] {
  return [
    { id: "name", header: "Host", isSortable: true, cell: (host) => <HostName host={host} /> },
    {
      id: "state",
      header: "State",
      isSortable: true,
      hidesOnPhone: true,
      width: "104px",
      cell: ({ state }) => <StatusBadge status={state} plain />,
    },
    {
      id: "zone",
      header: "Zone",
      isSortable: true,
      hidesOnPhone: true,
      width: "130px",
      cell: ({ zone }) => <span className={styles.clipped}>{zone ?? "—"}</span>,
    },
    {
      id: "tags",
      header: "Tags",
      hidesOnPhone: true,
      width: "40%",
      cell: (host) => (
        <span className={styles.tags}>
          <TagList tags={host.tags} most={TAGS_SHOWN} onPress={onTag} />
          <EditTagsButton host={host} />
        </span>
      ),
    },
    {
      id: "agent",
      header: "Agent",
      isSortable: true,
      hidesOnPhone: true,
      width: "84px",
      cell: ({ agentVersion }) => <span className={styles.clipped}>{agentVersion ?? "—"}</span>,
    },
    {
      id: "seen",
      header: "Last poll",
      isSortable: true,
      align: "end",
      width: "128px",
      cell: (host) => <LastPoll host={host} />,
    },
  ];
}

function HostName({ host: { hostId, hostName, state, zone, runningCommands, clockTrouble } }: { host: HostSummary }) {
  return (
    <span className={styles.name}>
      <span className={styles.phoneOnly}>
        <StatusIcon status={state} />
      </span>
      <span className={styles.words}>
        <Link to="/-/hosts/$host" params={{ host: hostId }} look="quiet" className={styles.clipped}>
          {hostName}
        </Link>
        <span className={styles.below}>
          {clockTrouble ? (
            "its clock is wrong"
          ) : runningCommands > 0 ? (
            "deploying now"
          ) : (
            <>
              <span className={styles.wideOnly}>{hostId}</span>
              <span className={styles.phoneOnly}>{zone ?? hostId}</span>
            </>
          )}
        </span>
      </span>
    </span>
  );
}
