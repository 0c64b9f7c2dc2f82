import type { HostSummary, Tag } from "@sluice/wire/sluice/sluice-api.ts";
import { type ReactNode, useMemo, useRef, useState } from "react";
import { buttonClass } from "../../design/button.tsx";
import { classNames } from "../../design/class-names.ts";
import { Icon } from "../../design/icon.tsx";
import { Link } from "../../design/link.tsx";
import type { Sort } from "../../design/sort.ts";
import { StatusBadge, StatusIcon } from "../../design/status-badge.tsx";
import type { Column } from "../../design/table.tsx";
import { VirtualTable } from "../../design/virtual-table.tsx";
import styles from "./host-table.module.css";
import { LastPoll } from "./last-poll.tsx";
import { TagList } from "./tag-list.tsx";
import { TagPopover } from "./tag-popover.tsx";

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
  const [edited, setEdited] = useState<string>();
  const button = useRef<HTMLElement>(null);
  const pressTag = useRef(onTag);
  pressTag.current = onTag;
  // The same for as long as the table is there: rows that are in view already are then left alone when it scrolls.
  const columns = useMemo(
    () =>
      columnsOf({
        onTag: (tag) => pressTag.current(tag),
        onEdit(hostId, pressed) {
          button.current = pressed;
          setEdited(hostId);
        },
      }),
    [],
  );
  return (
    <div className={styles.card}>
      <TagPopover
        host={edited === undefined ? undefined : hosts.find(({ hostId }) => hostId === edited)}
        button={button}
        onClose={() => setEdited(undefined)}
      />
      <VirtualTable
        label="Hosts"
        columns={columns}
        rows={hosts}
        rowKey={({ hostId }) => hostId}
        sort={sort}
        onSort={onSort}
        empty={empty}
      />
    </div>
  );
}

interface Presses {
  readonly onTag: (tag: Tag) => void;
  readonly onEdit: (hostId: string, button: HTMLElement) => void;
}

function columnsOf({ onTag, onEdit }: Presses): readonly Column<HostSummary>[] {
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
          {/* A button of HTML: one of react-aria in each of a thousand rows makes scrolling slow. */}
          <button
            type="button"
            aria-label={`Edit the tags of ${host.hostName}`}
            title="Edit the tags"
            className={classNames(buttonClass("quiet", "small"), styles.edit)}
            onClick={({ currentTarget }) => onEdit(host.hostId, currentTarget)}
          >
            <Icon name="edit" />
          </button>
        </span>
      ),
    },
    {
      id: "agent",
      header: "Agent",
      isSortable: true,
      hidesOnPhone: true,
      width: "84px",
      cell: ({ agentVersion, isAgentBehind }) => (
        <span className={styles.words}>
          <span className={styles.clipped}>{agentVersion ?? "—"}</span>
          {isAgentBehind && (
            <span
              className={styles.below}
              title="Its agent is of an earlier version than the server: sluice agents upgrade"
            >
              behind
            </span>
          )}
        </span>
      ),
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
