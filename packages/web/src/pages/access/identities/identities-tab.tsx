import { visibleLine } from "@sluice/model/visible-text.ts";
import { useState } from "react";
import { IconButton } from "../../../design/button.tsx";
import { EmptyState } from "../../../design/empty-state.tsx";
import { ErrorNote } from "../../../design/error-note.tsx";
import { Link } from "../../../design/link.tsx";
import { Menu } from "../../../design/menu.tsx";
import { Card } from "../../../design/section.tsx";
import { SkeletonRows } from "../../../design/skeleton.tsx";
import { Badge } from "../../../design/status-badge.tsx";
import { type Column, Table } from "../../../design/table.tsx";
import { Time } from "../../../design/time.tsx";
import { Toolbar } from "../../../design/toolbar.tsx";
import { type Access, ActionButton, useAccess } from "../../../shell/access.tsx";
import styles from "../keys/key-table.module.css";
import { DeleteIdentity } from "./delete-identity.tsx";
import type { Identity } from "./identity.ts";
import { IdentityDialog } from "./identity-dialog.tsx";
import { useIdentities } from "./use-identities.ts";

interface Chosen {
  readonly act: "edit" | "delete";
  readonly kind: Identity["kind"];
  /** Absent: a new one. */
  readonly identity?: Identity;
}

/** Users have keys of their own; roles are taken on for a time. Both have policies. */
export function IdentitiesTab() {
  const { data, error } = useIdentities();
  const access = useAccess();
  const [chosen, setChosen] = useState<Chosen>();
  const close = () => setChosen(undefined);
  const create = (
    <>
      <ActionButton action="sluice:PutRole" icon="plus" onPress={() => setChosen({ act: "edit", kind: "role" })}>
        Create role
      </ActionButton>
      <ActionButton
        action="sluice:PutUser"
        variant="primary"
        icon="plus"
        onPress={() => setChosen({ act: "edit", kind: "user" })}
      >
        Create user
      </ActionButton>
    </>
  );
  return (
    <>
      <Toolbar label="Users and roles" end={create}>
        <span className={styles.more}>
          A user has access keys of its own. A role is taken on for a time, with temporary keys.
        </span>
      </Toolbar>
      {error && <ErrorNote error={error} title="The users and roles could not be read." />}
      {!error && (
        <Card padded={false}>
          {data === undefined ? (
            <SkeletonRows />
          ) : (
            <Table
              label="Users and roles"
              columns={columnsOf(access, setChosen)}
              rows={data}
              rowKey={({ arn }) => arn}
              empty={
                <EmptyState icon="user" title="No user and no role yet">
                  A user comes with its first key; a role is for who works only now and then.
                </EmptyState>
              }
            />
          )}
        </Card>
      )}
      {chosen?.act === "edit" && <IdentityDialog kind={chosen.kind} identity={chosen.identity} onClose={close} />}
      {chosen?.act === "delete" && chosen.identity && <DeleteIdentity identity={chosen.identity} onClose={close} />}
    </>
  );
}

function columnsOf(access: Access, choose: (chosen: Chosen) => void): readonly Column<Identity>[] {
  return [
    {
      id: "name",
      header: "Name",
      cell: ({ kind, name, description }) => (
        <span className={styles.lines}>
          <span className={styles.id}>
            {visibleLine(name)}
            {kind === "role" && <Badge>Role</Badge>}
          </span>
          {description && <span className={styles.more}>{visibleLine(description)}</span>}
        </span>
      ),
    },
    { id: "policies", header: "Policies", cell: (identity) => <Policies identity={identity} /> },
    {
      id: "keys",
      header: "Keys",
      width: "90px",
      align: "end",
      hidesOnPhone: true,
      cell: ({ keys }) => keys,
    },
    {
      id: "created",
      header: "Created",
      width: "110px",
      hidesOnPhone: true,
      cell: ({ createdAt }) => <Time at={createdAt} />,
    },
    {
      id: "more",
      header: <span className={styles.hidden}>Actions</span>,
      align: "end",
      width: "52px",
      cell: (identity) => (
        <Menu
          label={`Actions of ${identity.name}`}
          trigger={<IconButton icon="more" size="small" label={`More of ${identity.name}`} />}
          actions={actionsOf(identity, access, choose)}
        />
      ),
    },
  ];
}

function Policies({ identity: { policyNames, inlinePolicyNames } }: { identity: Identity }) {
  if (policyNames.length + inlinePolicyNames.length === 0) return <span className={styles.more}>none</span>;
  return (
    <span className={styles.lines}>
      {policyNames.map((policy) => (
        <Link key={policy} to="/-/access/policies/$policy" params={{ policy }} look="quiet">
          {visibleLine(policy)}
        </Link>
      ))}
      {inlinePolicyNames.map((policy) => (
        <span key={policy}>
          {visibleLine(policy)} <span className={styles.more}>its own</span>
        </span>
      ))}
    </span>
  );
}

function actionsOf(identity: Identity, { refusal }: Access, choose: (chosen: Chosen) => void) {
  const { kind } = identity;
  const isUser = kind === "user";
  return [
    {
      id: "edit",
      title: "Change …",
      icon: "edit",
      unavailable: refusal(isUser ? "sluice:PutUser" : "sluice:PutRole"),
      onSelect: () => choose({ act: "edit", kind, identity }),
    },
    {
      id: "delete",
      title: "Delete …",
      icon: "trash",
      isDangerous: true,
      unavailable: refusal(isUser ? "sluice:DeleteUser" : "sluice:DeleteRole"),
      onSelect: () => choose({ act: "delete", kind, identity }),
    },
  ] as const;
}
