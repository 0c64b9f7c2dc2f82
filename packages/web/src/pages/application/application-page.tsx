import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useOperation } from "../../api/use-operation.ts";
import { IconButton } from "../../design/button.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ErrorNote } from "../../design/error-note.tsx";
import { ButtonLink, Link } from "../../design/link.tsx";
import { Menu } from "../../design/menu.tsx";
import { PageHeader } from "../../design/page-header.tsx";
import { Section } from "../../design/section.tsx";
import { SkeletonRows } from "../../design/skeleton.tsx";
import { Badge } from "../../design/status-badge.tsx";
import { Allowed } from "../../forms/allowed.tsx";
import { EditTagsDialog } from "../../forms/edit-tags-dialog.tsx";
import { platformTitle } from "../../forms/platform-words.ts";
import { TagChips } from "../../forms/tag-chips.tsx";
import { useResourceTags } from "../../forms/use-resource-tags.ts";
import { DeploymentTable } from "../../parts/deployment-table.tsx";
import { useAccess } from "../../shell/access.tsx";
import { usePageTitle } from "../../shell/page-title.tsx";
import styles from "./application-page.module.css";
import { DeleteApplicationDialog } from "./delete-application-dialog.tsx";
import { GroupsTable } from "./groups-table.tsx";
import { RecentRevisions } from "./recent-revisions.tsx";
import { RenameApplicationDialog } from "./rename-application-dialog.tsx";

const RECENT_DEPLOYMENTS = 8;

export function ApplicationPage() {
  const { application } = useParams({ from: "/inside/-/applications/$application" });
  usePageTitle(application);
  const navigate = useNavigate();
  const { refusal } = useAccess();
  const [dialog, setDialog] = useState<"rename" | "delete" | "tags">();
  const close = () => setDialog(undefined);
  const found = useOperation(
    "CodeDeploy",
    "GetApplication",
    { applicationName: application },
    { live: { changed: ["applications"] } },
  );
  const overview = useOperation(
    "Sluice",
    "GetOverview",
    {},
    { live: { deployment: "any", changed: ["applications", "groups"] } },
  );
  const recent = useOperation(
    "Sluice",
    "SearchDeployments",
    { applicationName: application, limit: RECENT_DEPLOYMENTS },
    { live: { deployment: "any" } },
  );
  const tags = useResourceTags({ kind: "application", applicationName: application });
  const groups = overview.data?.groups.filter(
    (group) => group.applicationName === application && group.deploymentGroupName !== "",
  );
  if (found.error) {
    return (
      <>
        <PageHeader title={application} breadcrumbs={[<Applications key="applications" />]} />
        <ErrorNote error={found.error} title="The application could not be read." />
      </>
    );
  }
  const createGroup = (
    <Allowed action="codedeploy:CreateDeploymentGroup" label="Create deployment group" icon="plus">
      <ButtonLink
        to="/-/applications/$application/create-group"
        params={{ application }}
        variant={groups?.length === 0 ? "primary" : "secondary"}
        icon="plus"
      >
        Create deployment group
      </ButtonLink>
    </Allowed>
  );
  return (
    <>
      <PageHeader
        title={application}
        aside={found.data && <Badge>{platformTitle(found.data.application?.computePlatform)}</Badge>}
        breadcrumbs={[<Applications key="applications" />]}
        actions={
          <>
            <Menu
              label={`More of ${application}`}
              trigger={<IconButton icon="more" label={`More of ${application}`} variant="secondary" />}
              actions={[
                {
                  id: "rename",
                  title: "Rename",
                  icon: "edit",
                  unavailable: refusal("codedeploy:UpdateApplication"),
                  onSelect: () => setDialog("rename"),
                },
                {
                  id: "tags",
                  title: "Edit tags",
                  icon: "tag",
                  unavailable: refusal("codedeploy:TagResource"),
                  onSelect: () => setDialog("tags"),
                },
                {
                  id: "delete",
                  title: "Delete",
                  icon: "trash",
                  isDangerous: true,
                  unavailable: refusal("codedeploy:DeleteApplication"),
                  onSelect: () => setDialog("delete"),
                },
              ]}
            />
            <ButtonLink to="/-/applications/$application/revisions" params={{ application }} icon="layers">
              Revisions
            </ButtonLink>
            {createGroup}
          </>
        }
      />
      {(tags.rows?.length ?? 0) > 0 && (
        <div className={styles.tags}>
          <TagChips rows={tags.rows ?? []} />
        </div>
      )}
      <Section title="Deployment groups" count={groups?.length}>
        {overview.error && <ErrorNote error={overview.error} title="The groups could not be read." />}
        {groups === undefined && !overview.error && <SkeletonRows />}
        {groups?.length === 0 && (
          <EmptyState icon="server" title="There is no deployment group yet" action={createGroup}>
            A group says where {application} is deployed to: which hosts, which service, and how carefully.
          </EmptyState>
        )}
        {groups && groups.length > 0 && <GroupsTable application={application} groups={groups} />}
      </Section>
      <Section
        title="Last deployments"
        actions={
          <Link to="/-/history" search={{ application }}>
            All deployments
          </Link>
        }
      >
        {recent.error && <ErrorNote error={recent.error} title="The deployments could not be read." />}
        {recent.isPending && !recent.error && <SkeletonRows rows={3} />}
        {recent.data && (
          <DeploymentTable
            label={`Last deployments of ${application}`}
            deployments={recent.data.deployments}
            empty={
              <EmptyState icon="history" title="Nothing was deployed yet">
                Open a group and press Deploy.
              </EmptyState>
            }
          />
        )}
      </Section>
      <RecentRevisions application={application} />
      <RenameApplicationDialog
        application={application}
        isOpen={dialog === "rename"}
        onClose={close}
        onRenamed={(name) =>
          navigate({ to: "/-/applications/$application", params: { application: name }, replace: true })
        }
      />
      <DeleteApplicationDialog
        application={application}
        groups={groups ?? []}
        isOpen={dialog === "delete"}
        onClose={close}
        onDeleted={() => navigate({ to: "/-/applications" })}
      />
      <EditTagsDialog
        title={`Tags of ${application}`}
        arn={tags.arn ?? ""}
        rows={tags.rows ?? []}
        isOpen={dialog === "tags" && tags.arn !== undefined}
        onClose={close}
        onSaved={() => void tags.refetch()}
      />
    </>
  );
}

function Applications() {
  return <Link to="/-/applications">Applications</Link>;
}
