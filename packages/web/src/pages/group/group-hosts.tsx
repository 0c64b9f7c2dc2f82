import type { DeploymentGroupInfo } from "@aws-sdk/client-codedeploy";
import { useEffect, useState } from "react";
import { useOperation } from "../../api/use-operation.ts";
import { Button } from "../../design/button.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ErrorNote } from "../../design/error-note.tsx";
import { ButtonLink, Link } from "../../design/link.tsx";
import { Section } from "../../design/section.tsx";
import { SkeletonRows } from "../../design/skeleton.tsx";
import { Badge } from "../../design/status-badge.tsx";
import { type Column, Table } from "../../design/table.tsx";
import { useHosts } from "../../forms/use-hosts.ts";
import { type GroupHostRow, groupHostRows } from "./group-host-rows.ts";

const SHOWN = 10;

/** The hosts that belong to the group at this moment, with what each has of it. */
export function GroupHosts({ group }: { group: DeploymentGroupInfo }) {
  const { applicationName = "", deploymentGroupName = "", lastAttemptedDeployment: last } = group;
  const [showsAll, setShowsAll] = useState(false);
  const { hosts, isPending, error } = useHosts();
  // A plan without a revision says what each host has now.
  const plan = useOperation(
    "Sluice",
    "PlanDeployment",
    { applicationName, deploymentGroupName },
    { live: { changed: ["hosts", "groups"] } },
  );
  // Not at each event: a plan asks alarms and load balancers, too.
  const { refetch } = plan;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what its end left on the hosts
  useEffect(() => void refetch({ cancelRefetch: false }), [last?.deploymentId, last?.status]);
  const rows = groupHostRows(hosts, group, plan.data?.hosts ?? []);
  const dark = rows.filter((row) => row.isDark).length;
  const params = { application: applicationName, group: deploymentGroupName };
  return (
    <Section
      title="Hosts"
      count={isPending ? undefined : rows.length}
      description={
        dark > 0
          ? `${dark} ${dark === 1 ? "is" : "are"} dark: a deployment to ${dark === 1 ? "it" : "them"} fails.`
          : undefined
      }
      actions={
        rows.length > SHOWN && (
          <Button size="small" onPress={() => setShowsAll(!showsAll)}>
            {showsAll ? "Show fewer" : `Show all ${rows.length}`}
          </Button>
        )
      }
    >
      {error && <ErrorNote error={error} title="The hosts could not be read." />}
      {isPending && !error && <SkeletonRows />}
      {!isPending && (
        <Table
          label={`Hosts of ${deploymentGroupName}`}
          columns={COLUMNS}
          rows={showsAll ? rows : rows.slice(0, SHOWN)}
          rowKey={({ hostId }) => hostId}
          empty={
            <EmptyState
              icon="server"
              title="No host belongs to the group"
              action={
                <ButtonLink to="/-/applications/$application/groups/$group/edit" params={params}>
                  Change its tags
                </ButtonLink>
              }
            >
              A deployment would end at once. Hosts belong to the group by their tags: see{" "}
              <Link to="/-/hosts">which hosts there are</Link>.
            </EmptyState>
          }
        />
      )}
    </Section>
  );
}

const COLUMNS: readonly Column<GroupHostRow>[] = [
  {
    id: "host",
    header: "Host",
    cell: ({ hostId, hostName }) => (
      <Link to="/-/hosts/$host" params={{ host: hostId }} look="quiet">
        {hostName}
      </Link>
    ),
  },
  { id: "zone", header: "Zone", width: "120px", hidesOnPhone: true, cell: ({ zone }) => zone },
  {
    id: "state",
    header: "State",
    width: "120px",
    cell: ({ isDark, state }) => (
      <Badge
        tone={isDark ? "danger" : state === "alive" ? "success" : "warning"}
        plain
        icon={isDark ? "warning" : undefined}
      >
        {state === "alive" ? "Alive" : state.charAt(0).toUpperCase() + state.slice(1)}
      </Badge>
    ),
  },
  {
    id: "revision",
    header: "Revision",
    cell: ({ revision, isHealthy, problem, isDark }) =>
      isDark && problem ? problem : revisionWords(revision, isHealthy),
  },
];

function revisionWords(revision: string | undefined, isHealthy: boolean | undefined): string {
  if (revision === undefined) return "";
  if (isHealthy === false) return "Failed last, or never deployed to";
  if (revision === "Current") return "The current one";
  return revision === "Old" ? "Another one" : "Not known";
}
