import { useOperation } from "../../api/use-operation.ts";
import { EmptyState } from "../../design/empty-state.tsx";
import { ErrorNote } from "../../design/error-note.tsx";
import { Link } from "../../design/link.tsx";
import { Section } from "../../design/section.tsx";
import { SkeletonRows } from "../../design/skeleton.tsx";
import { RevisionTable } from "../../forms/revision-table.tsx";

const SHOWN = 5;

/** The revisions that an application had last. */
export function RecentRevisions({ application }: { application: string }) {
  const { data, error, isPending } = useOperation(
    "CodeDeploy",
    "ListApplicationRevisions",
    { applicationName: application, sortBy: "registerTime", sortOrder: "descending" },
    { live: { changed: ["revisions"] } },
  );
  const revisions = data?.revisions ?? [];
  return (
    <Section
      title="Revisions"
      actions={
        <Link to="/-/applications/$application/revisions" params={{ application }}>
          All revisions
        </Link>
      }
    >
      {error && <ErrorNote error={error} title="The revisions could not be read." />}
      {isPending && !error && <SkeletonRows rows={3} />}
      {data && revisions.length === 0 && (
        <EmptyState icon="box" title="There is no revision yet">
          The first deployment registers one.
        </EmptyState>
      )}
      {revisions.length > 0 && <RevisionTable application={application} revisions={revisions.slice(0, SHOWN)} />}
    </Section>
  );
}
