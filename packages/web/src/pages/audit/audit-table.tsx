import { visibleLine } from "@sluice/model/visible-text.ts";
import type { AuditEvent } from "@sluice/wire/sluice/audit-api.ts";
import type { ReactNode } from "react";
import { Button } from "react-aria-components";
import { Badge } from "../../design/status-badge.tsx";
import { type Column, Table } from "../../design/table.tsx";
import { Time } from "../../design/time.tsx";
import styles from "./audit-table.module.css";
import { callerWords, namesInRequest, outcomeLook, resourceWords, serviceWords } from "./audit-words.ts";

interface AuditTableProps {
  readonly events: readonly AuditEvent[];
  readonly onOpen: (event: AuditEvent) => void;
  readonly empty: ReactNode;
}

/** Calls, the newest first. What callers wrote is text, with control characters written out. */
export function AuditTable({ events, onOpen, empty }: AuditTableProps) {
  const columns: readonly Column<AuditEvent>[] = [
    { id: "operation", header: "Call", cell: (event) => <Call event={event} onOpen={onOpen} /> },
    { id: "who", header: "Who", hidesOnPhone: true, cell: (event) => <Who event={event} /> },
    { id: "resource", header: "What", hidesOnPhone: true, cell: (event) => <Resources event={event} /> },
    {
      id: "outcome",
      header: "Outcome",
      width: "150px",
      hidesOnPhone: true,
      cell: (event) => <Outcome event={event} />,
    },
    { id: "at", header: "When", align: "end", width: "110px", cell: ({ at }) => <Time at={at} /> },
  ];
  return <Table label="Audit events" columns={columns} rows={events} rowKey={({ eventId }) => eventId} empty={empty} />;
}

function Call({ event, onOpen }: { event: AuditEvent; onOpen: (event: AuditEvent) => void }) {
  return (
    <span className={styles.lines}>
      <Button className={styles.open ?? ""} onPress={() => onOpen(event)}>
        {visibleLine(event.operation)}
      </Button>
      <span className={styles.more}>
        {serviceWords(event)}
        {event.isConsole && " · by the console"}
      </span>
      <span className={styles.phoneOnly}>
        {callerWords(event.caller)}
        <Outcome event={event} />
      </span>
    </span>
  );
}

function Who({ event: { caller, sourceAddress } }: { event: AuditEvent }) {
  return (
    <span className={styles.lines}>
      {callerWords(caller)}
      <span className={styles.more}>from {visibleLine(sourceAddress)}</span>
    </span>
  );
}

function Resources({ event: { resources, record } }: { event: AuditEvent }) {
  const [first, ...others] = resources;
  if (first === undefined) return <span className={styles.resource}>{namesInRequest(record) || "—"}</span>;
  return (
    <span className={styles.resource} title={visibleLine(first)}>
      {resourceWords(first)}
      {others.length > 0 && <span className={styles.more}> and {others.length} more</span>}
    </span>
  );
}

function Outcome({ event: { outcome, errorCode, repeated = 0 } }: { event: AuditEvent }) {
  const { tone, icon, label } = outcomeLook(outcome);
  return (
    <span className={styles.lines}>
      <Badge tone={tone} icon={icon}>
        {label}
      </Badge>
      {errorCode !== undefined && <span className={styles.more}>{visibleLine(errorCode)}</span>}
      {repeated > 0 && <span className={styles.more}>and {repeated} more times</span>}
    </span>
  );
}
