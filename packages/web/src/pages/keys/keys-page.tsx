import type { AccessKeySummary } from "@sluice/wire/sluice/access-api.ts";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useChange, useOperation } from "../../api/use-operation.ts";
import { Copyable } from "../../design/copyable.tsx";
import { ConfirmDialog } from "../../design/dialog.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ErrorNote } from "../../design/error-note.tsx";
import { Note } from "../../design/note.tsx";
import { PageHeader } from "../../design/page-header.tsx";
import { Card } from "../../design/section.tsx";
import { SkeletonRows } from "../../design/skeleton.tsx";
import { Badge } from "../../design/status-badge.tsx";
import { type Column, Table } from "../../design/table.tsx";
import { Time } from "../../design/time.tsx";
import { showToast } from "../../design/toast.tsx";
import { ActionButton, useAccess } from "../../shell/access.tsx";
import { usePageTitle } from "../../shell/page-title.tsx";
import { CreateKeyDialog } from "./create-key-dialog.tsx";
import styles from "./keys-page.module.css";

/** The keys of people and pipelines. */
export function KeysPage() {
  usePageTitle("Access keys");
  const { data, error } = useOperation("Sluice", "ListAccessKeys", {}, { live: { changed: ["keys"] } });
  const { dialog } = useSearch({ from: "/inside/-/keys" });
  const navigate = useNavigate({ from: "/-/keys" });
  const setIsCreating = (isOpen: boolean) =>
    void navigate({ search: isOpen ? { dialog: "create" } : {}, replace: true });
  const [deleted, setDeleted] = useState<AccessKeySummary>();
  const create = (
    <ActionButton action="sluice:CreateAccessKey" variant="primary" icon="plus" onPress={() => setIsCreating(true)}>
      Create key
    </ActionButton>
  );
  return (
    <>
      <PageHeader
        title="Access keys"
        description="With a key people sign in here, and AWS's tools, pipelines and the command line call the server. Those of hosts and functions go with their owners."
        actions={create}
      />
      {error && <ErrorNote error={error} title="The keys could not be read." />}
      {!error && (
        <Card padded={false}>
          {data === undefined ? (
            <SkeletonRows />
          ) : (
            <KeyTable keys={data.accessKeys} onDelete={setDeleted} empty={create} />
          )}
        </Card>
      )}
      {dialog === "create" && <CreateKeyDialog onClose={() => setIsCreating(false)} />}
      {deleted && <DeleteKey accessKey={deleted} onClose={() => setDeleted(undefined)} />}
    </>
  );
}

interface KeyTableProps {
  readonly keys: readonly AccessKeySummary[];
  readonly onDelete: (accessKey: AccessKeySummary) => void;
  readonly empty: React.ReactNode;
}

function KeyTable({ keys, onDelete, empty }: KeyTableProps) {
  const { accessKeyId: own } = useAccess();
  const columns: readonly Column<AccessKeySummary>[] = [
    {
      id: "id",
      header: "Key",
      cell: ({ accessKeyId, description }) => (
        <span className={styles.key}>
          <span className={styles.id}>
            <Copyable text={accessKeyId} noun="access key id" />
            {accessKeyId === own && <Badge>This session</Badge>}
          </span>
          {description && <span className={styles.description}>{description}</span>}
        </span>
      ),
    },
    {
      id: "role",
      header: "Rights",
      width: "160px",
      cell: ({ role }) => (role === "read-only" ? <Badge icon="lock">Read only</Badge> : "Everything"),
    },
    {
      id: "created",
      header: "Created",
      hidesOnPhone: true,
      width: "140px",
      cell: ({ createdAt }) => <Time at={createdAt} />,
    },
    {
      id: "delete",
      header: <span className={styles.hidden}>Delete</span>,
      align: "end",
      width: "100px",
      cell: (key) => (
        <ActionButton
          action="sluice:DeleteAccessKey"
          size="small"
          aria-label={`Delete the key ${key.accessKeyId}`}
          onPress={() => onDelete(key)}
        >
          Delete
        </ActionButton>
      ),
    },
  ];
  return (
    <Table
      label="Access keys"
      columns={columns}
      rows={keys}
      rowKey={({ accessKeyId }) => accessKeyId}
      empty={<EmptyState icon="key" title="No key yet" action={empty} />}
    />
  );
}

function DeleteKey({ accessKey, onClose }: { accessKey: AccessKeySummary; onClose: () => void }) {
  const { accessKeyId, description } = accessKey;
  const remove = useChange("Sluice", "DeleteAccessKey");
  const { accessKeyId: own } = useAccess();
  return (
    <ConfirmDialog
      title={`Delete the key ${accessKeyId}?`}
      isOpen
      onClose={onClose}
      confirmLabel="Delete key"
      isDangerous
      onConfirm={async () => {
        const { endedSessions } = await remove.mutateAsync({ accessKeyId });
        const sessions = endedSessions === 1 ? "1 session" : `${endedSessions} sessions`;
        showToast({
          title: `${accessKeyId} is deleted`,
          description: endedSessions > 0 ? `${sessions} ended.` : undefined,
        });
      }}
    >
      <p>
        Calls with it are refused from now on, and sessions of this console that were begun with it end.
        {description && ` It is described as “${description}”.`}
      </p>
      {accessKeyId === own && <Note tone="warning" title="It is the key of this session: you are signed out." />}
    </ConfirmDialog>
  );
}
