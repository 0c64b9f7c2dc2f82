import { MAX_BATCH_REVISIONS } from "@sluice/model/limits.ts";
import { revisionName } from "@sluice/model/revision-name.ts";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { Button } from "../../design/button.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ErrorNote } from "../../design/error-note.tsx";
import { Link } from "../../design/link.tsx";
import { PageHeader } from "../../design/page-header.tsx";
import { SearchField } from "../../design/search-field.tsx";
import { Card } from "../../design/section.tsx";
import { SkeletonRows } from "../../design/skeleton.tsx";
import { Toolbar } from "../../design/toolbar.tsx";
import { keyOfRevision, RevisionTable } from "../../forms/revision-table.tsx";
import { useAll } from "../../forms/use-all.ts";
import { ActionButton } from "../../shell/access.tsx";
import { usePageTitle } from "../../shell/page-title.tsx";
import { RegisterRevisionDialog } from "./register-revision-dialog.tsx";
import { RevisionView } from "./revision-view.tsx";
import styles from "./revisions-page.module.css";

/** All revisions of an application, or one of them. */
export function RevisionsPage() {
  const { application } = useParams({ from: "/inside/-/applications/$application/revisions" });
  const { revision: wanted, text = "" } = useSearch({ from: "/inside/-/applications/$application/revisions" });
  const navigate = useNavigate({ from: "/-/applications/$application/revisions" });
  usePageTitle(wanted === undefined ? "Revisions" : "Revision", application);
  const [isRegistering, setIsRegistering] = useState(false);
  const [shown, setShown] = useState(MAX_BATCH_REVISIONS);
  const { data, error, isPending } = useAll(
    "CodeDeploy",
    "ListApplicationRevisions",
    { applicationName: application, sortBy: "registerTime", sortOrder: "descending" },
    ({ revisions }) => revisions,
    { live: { changed: ["revisions"] } },
  );
  const all = data ?? [];
  const one = all.find((revision) => keyOfRevision(revision) === wanted);
  const crumbs = [
    <Link key="applications" to="/-/applications">
      Applications
    </Link>,
    <Link key="application" to="/-/applications/$application" params={{ application }}>
      {application}
    </Link>,
  ];
  if (one !== undefined) return <RevisionView application={application} revision={one} others={all} crumbs={crumbs} />;
  const found = all.filter((revision) => revisionName(revision).toLowerCase().includes(text.trim().toLowerCase()));
  const register = (
    <ActionButton
      action="codedeploy:RegisterApplicationRevision"
      icon="plus"
      variant="primary"
      onPress={() => setIsRegistering(true)}
    >
      Register revision
    </ActionButton>
  );
  return (
    <>
      <PageHeader
        title="Revisions"
        description={`What ${application} can be deployed as, the one registered last first.`}
        breadcrumbs={crumbs}
        actions={register}
      />
      {error && <ErrorNote error={error} title="The revisions could not be read." />}
      {wanted !== undefined && data && (
        <Card>
          <EmptyState icon="search" title="The application has no such revision">
            The address may be mistyped: <code>{wanted}</code>
          </EmptyState>
        </Card>
      )}
      {wanted === undefined && (
        <Toolbar label="Filter the revisions">
          <SearchField
            label="Search revisions"
            value={text}
            onChange={(typed) => navigate({ search: (old) => ({ ...old, text: typed }), replace: true })}
          />
        </Toolbar>
      )}
      {wanted === undefined && !error && (
        <Card padded={false}>
          {isPending ? (
            <SkeletonRows />
          ) : found.length === 0 ? (
            <EmptyState icon="box" title={all.length === 0 ? "There is no revision yet" : "No revision fits"}>
              {all.length === 0 ? "The first deployment registers one." : "Change the search."}
            </EmptyState>
          ) : (
            chunks(found.slice(0, shown)).map((revisions, index) => (
              // Each part asks the API for as many as it tells of at once.
              // biome-ignore lint/suspicious/noArrayIndexKey: parts are known by their place
              <RevisionTable key={index} application={application} revisions={revisions} />
            ))
          )}
        </Card>
      )}
      {found.length > shown && (
        <div className={styles.more}>
          <Button size="small" onPress={() => setShown(shown + MAX_BATCH_REVISIONS)}>
            Show more of {found.length}
          </Button>
        </div>
      )}
      <RegisterRevisionDialog
        application={application}
        isOpen={isRegistering}
        onClose={() => setIsRegistering(false)}
      />
    </>
  );
}

function chunks<Item>(items: readonly Item[]): (readonly Item[])[] {
  const parts: (readonly Item[])[] = [];
  for (let start = 0; start < items.length; start += MAX_BATCH_REVISIONS) {
    parts.push(items.slice(start, start + MAX_BATCH_REVISIONS));
  }
  return parts;
}
