import { visibleLine } from "@sluice/model/visible-text.ts";
import type { AccessKeySummary } from "@sluice/wire/sluice/access-api.ts";
import { IconButton } from "../../../design/button.tsx";
import { useNow } from "../../../design/clock.ts";
import { Copyable } from "../../../design/copyable.tsx";
import { EmptyState } from "../../../design/empty-state.tsx";
import { Menu } from "../../../design/menu.tsx";
import { Badge } from "../../../design/status-badge.tsx";
import { type Column, Table } from "../../../design/table.tsx";
import { Time } from "../../../design/time.tsx";
import { type Access, useAccess } from "../../../shell/access.tsx";
import type { KeyAct } from "./key-acts.tsx";
import { keyState } from "./key-life.ts";
import { KeyRights } from "./key-rights.tsx";
import styles from "./key-table.module.css";

interface KeyTableProps {
  readonly keys: readonly AccessKeySummary[];
  readonly isFiltered: boolean;
  readonly onAct: (act: KeyAct, accessKey: AccessKeySummary) => void;
}

export function KeyTable({ keys, isFiltered, onAct }: KeyTableProps) {
  const access = useAccess();
  const columns: readonly Column<AccessKeySummary>[] = [
    {
      id: "id",
      header: "Key",
      cell: (key) => <KeyName accessKey={key} isOwn={key.accessKeyId === access.accessKeyId} />,
    },
    { id: "rights", header: "May do", hidesOnPhone: true, cell: (key) => <KeyRights accessKey={key} /> },
    {
      id: "status",
      header: "Status",
      width: "130px",
      hidesOnPhone: true,
      cell: (key) => <KeyStatus accessKey={key} />,
    },
    { id: "used", header: "Last used", hidesOnPhone: true, cell: (key) => <LastUse accessKey={key} /> },
    {
      id: "created",
      header: "Created",
      hidesOnPhone: true,
      width: "110px",
      cell: ({ createdAt }) => <Time at={createdAt} />,
    },
    {
      id: "more",
      header: <span className={styles.hidden}>Actions</span>,
      align: "end",
      width: "52px",
      cell: (key) => (
        <Menu
          label={`Actions of ${key.accessKeyId}`}
          trigger={<IconButton icon="more" size="small" label={`More of ${key.accessKeyId}`} />}
          actions={actionsOf(key, access, (act) => onAct(act, key))}
        />
      ),
    },
  ];
  return (
    <Table
      label="Access keys"
      columns={columns}
      rows={keys}
      rowKey={({ accessKeyId }) => accessKeyId}
      empty={
        <EmptyState icon="key" title={isFiltered ? "No key fits" : "No key yet"}>
          {isFiltered ? "Change the search." : "Create one for each person and pipeline."}
        </EmptyState>
      }
    />
  );
}

function actionsOf(key: AccessKeySummary, { refusal, accessKeyId: own }: Access, act: (act: KeyAct) => void) {
  const isActive = key.status === "Active";
  const ownReason = key.accessKeyId === own ? "It is the key of this session: sign in with another one." : undefined;
  return [
    {
      id: "rotate",
      title: "Rotate …",
      icon: "refresh",
      unavailable: refusal("sluice:RotateAccessKey"),
      onSelect: () => act("rotate"),
    },
    {
      id: "expire",
      title: "Change the expiry …",
      icon: "clock",
      unavailable: refusal("sluice:UpdateAccessKey"),
      onSelect: () => act("expire"),
    },
    {
      id: "toggle",
      title: isActive ? "Disable …" : "Enable …",
      icon: isActive ? "pause" : "play",
      unavailable: refusal("sluice:UpdateAccessKey") ?? (isActive ? ownReason : undefined),
      onSelect: () => act(isActive ? "disable" : "enable"),
    },
    {
      id: "delete",
      title: "Delete …",
      icon: "trash",
      isDangerous: true,
      unavailable: refusal("sluice:DeleteAccessKey") ?? ownReason,
      onSelect: () => act("delete"),
    },
  ] as const;
}

function KeyName({ accessKey, isOwn }: { accessKey: AccessKeySummary; isOwn: boolean }) {
  const { accessKeyId, description } = accessKey;
  return (
    <span className={styles.lines}>
      <span className={styles.id}>
        <Copyable text={accessKeyId} noun="access key id" />
        {isOwn && <Badge>This session</Badge>}
      </span>
      {description && <span className={styles.more}>{visibleLine(description)}</span>}
      <span className={styles.phoneOnly}>
        <KeyRights accessKey={accessKey} />
        <KeyStatus accessKey={accessKey} />
      </span>
    </span>
  );
}

function KeyStatus({ accessKey }: { accessKey: AccessKeySummary }) {
  const state = keyState(accessKey, useNow(accessKey.expiresAt !== undefined));
  const { expiresAt } = accessKey;
  return (
    <span className={styles.lines}>
      {state === "active" && (
        <Badge tone="success" icon="check-circle" plain>
          Active
        </Badge>
      )}
      {state === "inactive" && <Badge icon="pause">Disabled</Badge>}
      {state === "expired" && (
        <Badge tone="warning" icon="clock">
          Expired
        </Badge>
      )}
      {expiresAt && (
        <span className={styles.more}>
          {state === "expired" ? "" : "until "}
          <Time at={expiresAt} look={state === "expired" ? "relative" : "date"} />
        </span>
      )}
    </span>
  );
}

function LastUse({ accessKey: { lastUsedAt, lastUsedFrom, lastUsedService } }: { accessKey: AccessKeySummary }) {
  if (lastUsedAt === undefined) return <span className={styles.more}>never</span>;
  return (
    <span className={styles.lines}>
      <Time at={lastUsedAt} />
      <span className={styles.more}>
        {[lastUsedService, lastUsedFrom && `from ${lastUsedFrom}`]
          .filter(Boolean)
          .map(String)
          .map(visibleLine)
          .join(" ")}
      </span>
    </span>
  );
}
