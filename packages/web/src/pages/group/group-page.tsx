import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useOperation } from "../../api/use-operation.ts";
import { IconButton } from "../../design/button.tsx";
import { ErrorNote } from "../../design/error-note.tsx";
import { ButtonLink, Link } from "../../design/link.tsx";
import { Menu } from "../../design/menu.tsx";
import { PageHeader } from "../../design/page-header.tsx";
import { Card } from "../../design/section.tsx";
import { SkeletonRows } from "../../design/skeleton.tsx";
import { Badge } from "../../design/status-badge.tsx";
import { Allowed } from "../../forms/allowed.tsx";
import { platformOf, platformTitle } from "../../forms/platform-words.ts";
import { useResourceTags } from "../../forms/use-resource-tags.ts";
import { useAccess } from "../../shell/access.tsx";
import { usePageTitle } from "../../shell/page-title.tsx";
import { DeleteGroupDialog } from "./delete-group-dialog.tsx";
import { GroupHistory } from "./group-history.tsx";
import { GroupHosts } from "./group-hosts.tsx";
import { GroupNow } from "./group-now.tsx";
import { GroupSettingsSection } from "./group-settings-section.tsx";
import { RolledBackNote } from "./rolled-back-note.tsx";

export function GroupPage() {
  const { application, group } = useParams({ from: "/inside/-/applications/$application/groups/$group" });
  usePageTitle(group, application);
  const navigate = useNavigate();
  const { refusal } = useAccess();
  const [isDeleting, setIsDeleting] = useState(false);
  const names = { applicationName: application, deploymentGroupName: group };
  const found = useOperation("CodeDeploy", "GetDeploymentGroup", names, {
    live: { deployment: "any", changed: ["groups", "applications"] },
  });
  const tags = useResourceTags({ kind: "group", ...names });
  const info = found.data?.deploymentGroupInfo;
  const params = { application, group };
  return (
    <>
      <PageHeader
        title={group}
        aside={info && <Badge>{platformTitle(info.computePlatform)}</Badge>}
        breadcrumbs={[
          <Link key="applications" to="/-/applications">
            Applications
          </Link>,
          <Link key="application" to="/-/applications/$application" params={{ application }}>
            {application}
          </Link>,
        ]}
        actions={
          info && (
            <>
              <Menu
                label={`More of ${group}`}
                trigger={<IconButton icon="more" label={`More of ${group}`} variant="secondary" />}
                actions={[
                  {
                    id: "delete",
                    title: "Delete",
                    icon: "trash",
                    isDangerous: true,
                    unavailable: refusal("codedeploy:DeleteDeploymentGroup"),
                    onSelect: () => setIsDeleting(true),
                  },
                ]}
              />
              <Allowed action="codedeploy:UpdateDeploymentGroup" label="Edit" icon="edit">
                <ButtonLink to="/-/applications/$application/groups/$group/edit" params={params} icon="edit">
                  Edit
                </ButtonLink>
              </Allowed>
              <Allowed action="codedeploy:CreateDeployment" label="Deploy" icon="rocket" variant="primary">
                <ButtonLink
                  to="/-/applications/$application/groups/$group/deploy"
                  params={params}
                  variant="primary"
                  icon="rocket"
                >
                  Deploy
                </ButtonLink>
              </Allowed>
            </>
          )
        }
      />
      {found.error && <ErrorNote error={found.error} title="The group could not be read." />}
      {found.isPending && !found.error && (
        <Card padded={false}>
          <SkeletonRows />
        </Card>
      )}
      {info && (
        <>
          <RolledBackNote names={names} />
          <GroupNow group={info} />
          {platformOf(info.computePlatform) === "Server" && <GroupHosts group={info} />}
          <GroupHistory names={names} />
          <GroupSettingsSection group={info} tags={tags.rows ?? []} />
          <DeleteGroupDialog
            names={names}
            isOpen={isDeleting}
            onClose={() => setIsDeleting(false)}
            onDeleted={() => navigate({ to: "/-/applications/$application", params: { application } })}
          />
        </>
      )}
    </>
  );
}
