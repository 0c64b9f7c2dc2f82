import type { RevisionInfo, RevisionLocation } from "@aws-sdk/client-codedeploy";
import { type RevisionLocation as KnownLocation, revisionKey } from "@sluice/model/revision-location.ts";
import { useOperation } from "../api/use-operation.ts";
import { Link } from "../design/link.tsx";
import { type Column, Table } from "../design/table.tsx";
import { Time } from "../design/time.tsx";
import { RevisionLabel } from "../parts/revision-label.tsx";

interface RevisionTableProps {
  readonly application: string;
  /** At most 25, which is what the API tells of in one call. */
  readonly revisions: readonly RevisionLocation[];
}

/** Revisions, with when each was registered and used, and which groups have it now. */
export function RevisionTable({ application, revisions }: RevisionTableProps) {
  const { data } = useOperation(
    "CodeDeploy",
    "BatchGetApplicationRevisions",
    { applicationName: application, revisions: [...revisions] },
    { live: { changed: ["revisions", "groups"], deployment: "any" }, keepsPrevious: true },
  );
  const infos = new Map(
    (data?.revisions ?? []).flatMap((info) =>
      info.revisionLocation ? [[keyOfRevision(info.revisionLocation), info] as const] : [],
    ),
  );
  const rows = revisions.map((location) => ({ location, info: infos.get(keyOfRevision(location)) }));
  return (
    <Table
      label={`Revisions of ${application}`}
      columns={columnsOf(application)}
      rows={rows}
      rowKey={({ location }) => keyOfRevision(location)}
    />
  );
}

export function keyOfRevision(revision: RevisionLocation): string {
  return revisionKey(revision as KnownLocation);
}

interface RevisionRow {
  readonly location: RevisionLocation;
  readonly info: RevisionInfo | undefined;
}

function columnsOf(application: string): readonly Column<RevisionRow>[] {
  return [
    {
      id: "revision",
      header: "Revision",
      cell: ({ location }) => (
        <Link
          to="/-/applications/$application/revisions"
          params={{ application }}
          search={{ revision: keyOfRevision(location) }}
          look="quiet"
        >
          <RevisionLabel revision={location} />
        </Link>
      ),
    },
    {
      id: "groups",
      header: "Runs now in",
      cell: ({ info }) => info?.genericRevisionInfo?.deploymentGroups?.join(", ") || "—",
    },
    {
      id: "registered",
      header: "Registered",
      width: "140px",
      hidesOnPhone: true,
      cell: ({ info }) =>
        info?.genericRevisionInfo?.registerTime && <Time at={info.genericRevisionInfo.registerTime} />,
    },
    {
      id: "used",
      header: "Last deployed",
      width: "140px",
      hidesOnPhone: true,
      cell: ({ info }) => info && <LastUsed at={info.genericRevisionInfo?.lastUsedTime} />,
    },
  ];
}

function LastUsed({ at }: { at: Date | undefined }) {
  return at === undefined ? "Never" : <Time at={at} />;
}
