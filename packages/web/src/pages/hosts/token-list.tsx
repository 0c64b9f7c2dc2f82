import type { EnrolmentTokenSummary } from "@sluice/wire/sluice/sluice-api.ts";
import { useState } from "react";
import { useChange, useOperation } from "../../api/use-operation.ts";
import { Copyable } from "../../design/copyable.tsx";
import { ConfirmDialog } from "../../design/dialog.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ErrorNote } from "../../design/error-note.tsx";
import { Card } from "../../design/section.tsx";
import { SkeletonRows } from "../../design/skeleton.tsx";
import { type Column, Table } from "../../design/table.tsx";
import { Time } from "../../design/time.tsx";
import { ActionButton } from "../../shell/access.tsx";
import { TagList } from "./tag-list.tsx";

/** Tokens with which hosts can still join. Their secrets are nowhere. */
export function TokenList() {
  const { data, error } = useOperation("Sluice", "ListEnrolmentTokens", {}, { live: { changed: ["hosts"] } });
  const [revoked, setRevoked] = useState<EnrolmentTokenSummary>();
  const revoke = useChange("Sluice", "RevokeEnrolmentToken");
  if (error) return <ErrorNote error={error} title="The tokens could not be read." />;
  const columns: readonly Column<EnrolmentTokenSummary>[] = [
    { id: "id", header: "Token", cell: ({ tokenId }) => <Copyable text={tokenId} noun="id" /> },
    { id: "tags", header: "Tags", cell: ({ tags }) => <TagList tags={tags} />, hidesOnPhone: true },
    { id: "uses", header: "Hosts left", align: "end", cell: ({ usesLeft }) => usesLeft, width: "100px" },
    {
      id: "created",
      header: "Created",
      cell: ({ createdAt }) => <Time at={createdAt} />,
      hidesOnPhone: true,
      width: "140px",
    },
    { id: "expires", header: "Expires", cell: ({ expiresAt }) => <Time at={expiresAt} />, width: "120px" },
    {
      id: "revoke",
      header: <span aria-hidden="true" />,
      align: "end",
      width: "100px",
      cell: (token) => (
        <ActionButton
          action="sluice:RevokeEnrolmentToken"
          size="small"
          aria-label={`Revoke the token ${token.tokenId}`}
          onPress={() => setRevoked(token)}
        >
          Revoke
        </ActionButton>
      ),
    },
  ];
  return (
    <>
      <Card padded={false}>
        {data === undefined ? (
          <SkeletonRows />
        ) : (
          <Table
            label="Enrolment tokens"
            columns={columns}
            rows={data.tokens}
            rowKey={({ tokenId }) => tokenId}
            empty={
              <EmptyState icon="key" title="No token can be used">
                Each was used up, has expired or was revoked. Join a host makes a new one.
              </EmptyState>
            }
          />
        )}
      </Card>
      <ConfirmDialog
        title={`Revoke the token ${revoked?.tokenId}?`}
        isOpen={revoked !== undefined}
        onClose={() => setRevoked(undefined)}
        confirmLabel="Revoke token"
        isDangerous
        onConfirm={() => revoke.mutateAsync({ tokenId: revoked?.tokenId ?? "" })}
      >
        <p>No further host joins with it. Hosts that have joined stay.</p>
      </ConfirmDialog>
    </>
  );
}
