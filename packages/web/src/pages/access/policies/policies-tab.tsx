import { visibleLine } from "@sluice/model/visible-text.ts";
import type { PolicySummary } from "@sluice/wire/sluice/access-api.ts";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { EmptyState } from "../../../design/empty-state.tsx";
import { ErrorNote } from "../../../design/error-note.tsx";
import { ButtonLink, Link } from "../../../design/link.tsx";
import { Card } from "../../../design/section.tsx";
import { SkeletonRows } from "../../../design/skeleton.tsx";
import { Badge } from "../../../design/status-badge.tsx";
import { type Column, Table } from "../../../design/table.tsx";
import { Time } from "../../../design/time.tsx";
import { Toolbar } from "../../../design/toolbar.tsx";
import { Allowed } from "../../../forms/allowed.tsx";
import { FilterText } from "../../../parts/filter-text.tsx";
import { changedSearch } from "../../../shell/changed-search.ts";
import { usePolicies } from "../identities/policy-picker.tsx";
import styles from "../keys/key-table.module.css";

/** One's own policies, and those that every server has by AWS's names. */
export function PoliciesTab() {
  const { data, error } = usePolicies();
  const { text = "" } = useSearch({ from: "/inside/-/access" });
  const navigate = useNavigate({ from: "/-/access" });
  const wanted = text.trim().toLowerCase();
  const found = data?.filter(({ policyName, description }) =>
    [policyName, description].some((each) => each?.toLowerCase().includes(wanted)),
  );
  return (
    <>
      <Toolbar
        label="Filter the policies"
        end={
          <Allowed action="sluice:PutPolicy" label="Create policy" icon="plus" variant="primary">
            <ButtonLink to="/-/access/create-policy" icon="plus" variant="primary">
              Create policy
            </ButtonLink>
          </Allowed>
        }
      >
        <FilterText
          label="Search policies"
          placeholder="Search policies"
          value={text}
          onChange={(typed) =>
            void navigate({ search: (before) => changedSearch(before, { text: typed }), replace: true })
          }
        />
      </Toolbar>
      {error && <ErrorNote error={error} title="The policies could not be read." />}
      {!error && (
        <Card padded={false}>
          {found === undefined ? (
            <SkeletonRows />
          ) : (
            <Table
              label="Policies"
              columns={COLUMNS}
              rows={found}
              rowKey={({ arn }) => arn}
              empty={<EmptyState icon="search" title="No policy fits" />}
            />
          )}
        </Card>
      )}
    </>
  );
}

const COLUMNS: readonly Column<PolicySummary>[] = [
  {
    id: "name",
    header: "Policy",
    cell: ({ policyName, isAwsManaged, description }) => (
      <span className={styles.lines}>
        <span className={styles.id}>
          <Link
            to="/-/access/policies/$policy"
            params={{ policy: policyName }}
            search={isAwsManaged ? { scope: "aws" } : {}}
            look="quiet"
          >
            {visibleLine(policyName)}
          </Link>
          {isAwsManaged && <Badge>Managed</Badge>}
        </span>
        {description && <span className={styles.phoneOnly}>{visibleLine(description)}</span>}
      </span>
    ),
  },
  {
    id: "description",
    header: "What it allows",
    hidesOnPhone: true,
    cell: ({ description }) => visibleLine(description ?? "—"),
  },
  {
    id: "attachments",
    header: "Users and roles",
    width: "130px",
    align: "end",
    cell: ({ attachments }) => attachments,
  },
  {
    id: "updated",
    header: "Changed",
    width: "110px",
    hidesOnPhone: true,
    cell: ({ updatedAt }) => (updatedAt ? <Time at={updatedAt} /> : "—"),
  },
];
