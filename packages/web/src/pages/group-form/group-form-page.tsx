import { useNavigate, useParams } from "@tanstack/react-router";
import { useOperation } from "../../api/use-operation.ts";
import { ErrorNote } from "../../design/error-note.tsx";
import { Link } from "../../design/link.tsx";
import { PageHeader } from "../../design/page-header.tsx";
import { Card } from "../../design/section.tsx";
import { SkeletonRows } from "../../design/skeleton.tsx";
import { platformOf, platformTitle } from "../../forms/platform-words.ts";
import { useAccount } from "../../forms/use-account.ts";
import { useResourceTags } from "../../forms/use-resource-tags.ts";
import { usePageTitle } from "../../shell/page-title.tsx";
import { GroupEditor } from "./group-editor.tsx";
import { groupFormOf, newGroupForm } from "./group-form-state.ts";

/** As in the documentation of AWS, while this server has not said which account is its own. */
const USUAL_ACCOUNT = "111122223333";

export function CreateGroupPage() {
  const { application } = useParams({ from: "/inside/-/applications/$application/create-group" });
  usePageTitle("Create deployment group", application);
  const { data, error } = useOperation("CodeDeploy", "GetApplication", { applicationName: application });
  const caller = useOperation("Sluice", "GetCallerAccess", {});
  const account = useAccount();
  const navigate = useNavigate();
  const platform = platformOf(data?.application?.computePlatform);
  return (
    <>
      <PageHeader
        title="Create deployment group"
        description={data && `Where ${application} (${platformTitle(platform)}) is deployed to, and how.`}
        breadcrumbs={crumbs(application)}
      />
      {error && <ErrorNote error={error} title="The application could not be read." />}
      {!error && (data === undefined || caller.isPending) && <Waiting />}
      {data !== undefined && !caller.isPending && (
        <GroupEditor
          applicationName={application}
          platform={platform}
          initial={newGroupForm(platform, account?.accountId ?? USUAL_ACCOUNT)}
          onCancel={() => navigate({ to: "/-/applications/$application", params: { application } })}
          onSaved={(group) =>
            navigate({ to: "/-/applications/$application/groups/$group", params: { application, group } })
          }
        />
      )}
    </>
  );
}

export function EditGroupPage() {
  const { application, group } = useParams({ from: "/inside/-/applications/$application/groups/$group/edit" });
  usePageTitle("Edit", group, application);
  const navigate = useNavigate();
  const names = { applicationName: application, deploymentGroupName: group };
  // Not live: what somebody types must not change under their hands.
  const found = useOperation("CodeDeploy", "GetDeploymentGroup", names);
  const settings = useOperation("Sluice", "GetGroupSettings", names);
  const tags = useResourceTags({ kind: "group", ...names }, { isLive: false });
  const info = found.data?.deploymentGroupInfo;
  const error = found.error ?? settings.error ?? tags.error;
  const isReady = info !== undefined && settings.data !== undefined && tags.rows !== undefined;
  return (
    <>
      <PageHeader
        title={`Edit ${group}`}
        description="What is not changed here stays as it is, also what the form does not show."
        breadcrumbs={[
          ...crumbs(application),
          <Link key="group" to="/-/applications/$application/groups/$group" params={{ application, group }}>
            {group}
          </Link>,
        ]}
      />
      {error && <ErrorNote error={error} title="The group could not be read." />}
      {!error && !isReady && <Waiting />}
      {isReady && (
        <GroupEditor
          applicationName={application}
          platform={platformOf(info.computePlatform)}
          group={info}
          groupArn={tags.arn}
          initial={groupFormOf(info, settings.data, tags.rows ?? [])}
          onCancel={() =>
            navigate({ to: "/-/applications/$application/groups/$group", params: { application, group } })
          }
          onSaved={(name) =>
            navigate({ to: "/-/applications/$application/groups/$group", params: { application, group: name } })
          }
        />
      )}
    </>
  );
}

function crumbs(application: string) {
  return [
    <Link key="applications" to="/-/applications">
      Applications
    </Link>,
    <Link key="application" to="/-/applications/$application" params={{ application }}>
      {application}
    </Link>,
  ];
}

function Waiting() {
  return (
    <Card padded={false}>
      <SkeletonRows />
    </Card>
  );
}
