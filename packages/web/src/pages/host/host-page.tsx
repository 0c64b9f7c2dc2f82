import type { GetHostOutput } from "@sluice/wire/sluice/console-api.ts";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useChange, useOperation } from "../../api/use-operation.ts";
import { CommandBlock, Copyable } from "../../design/copyable.tsx";
import { ConfirmDialog } from "../../design/dialog.tsx";
import { ErrorNote } from "../../design/error-note.tsx";
import { KeyValue } from "../../design/key-value.tsx";
import { Link } from "../../design/link.tsx";
import { Note } from "../../design/note.tsx";
import { PageHeader } from "../../design/page-header.tsx";
import { Card, Section } from "../../design/section.tsx";
import { SkeletonRows } from "../../design/skeleton.tsx";
import { StatusBadge } from "../../design/status-badge.tsx";
import { Time } from "../../design/time.tsx";
import { TimedText } from "../../design/timed-text.tsx";
import { showToast } from "../../design/toast.tsx";
import { ActionButton } from "../../shell/access.tsx";
import { usePageTitle } from "../../shell/page-title.tsx";
import { LastPoll } from "../hosts/last-poll.tsx";
import { TagEditor } from "../hosts/tag-editor.tsx";
import { HostDeployments } from "./host-deployments.tsx";
import { HostRevisions } from "./host-revisions.tsx";

const route = getRouteApi("/inside/-/hosts/$host");

/** One host: how it is and what mends it, what lies on it, and what was deployed to it. */
export function HostPage() {
  const { host: name } = route.useParams();
  const { data, error } = useOperation(
    "Sluice",
    "GetHost",
    { host: name },
    { live: { deployment: "any", changed: ["hosts"] } },
  );
  usePageTitle(data?.host.hostName ?? name, "Hosts");
  const breadcrumbs = [
    <Link key="hosts" to="/-/hosts">
      Hosts
    </Link>,
  ];
  if (!data) {
    return (
      <>
        <PageHeader title={name} breadcrumbs={breadcrumbs} />
        {error ? (
          <ErrorNote error={error} title="The host could not be read." />
        ) : (
          <Card padded={false}>
            <SkeletonRows rows={6} />
          </Card>
        )}
      </>
    );
  }
  const { host } = data;
  return (
    <>
      <PageHeader
        title={host.hostName}
        breadcrumbs={breadcrumbs}
        aside={<StatusBadge status={host.state} />}
        actions={host.state !== "retired" && <RemoveHost host={data} />}
      />
      <HostTrouble host={data} />
      <Section title="Facts" padded>
        <KeyValue
          look="grid"
          items={[
            { name: "Id", value: <Copyable text={host.hostId} noun="id" /> },
            { name: "Zone", value: host.zone ?? "—" },
            { name: "Address", value: host.address ?? "—" },
            {
              name: "Agent",
              value: `${host.agentVersion ?? "—"}${host.isAgentBehind ? ", behind the server: sluice agents upgrade" : ""}`,
            },
            { name: "Last poll", value: <LastPoll host={host} /> },
            { name: "Kind", value: host.kind === "instance" ? "Instance" : "On-premises instance" },
            { name: "Enrolled", value: host.enrolledAt ? <Time at={host.enrolledAt} /> : "not yet" },
            { name: "Commands at work", value: host.runningCommands },
          ]}
        />
      </Section>
      <Section title="Tags" count={host.tags.length} padded description="Deployment groups find the host by them.">
        <TagEditor host={host} />
      </Section>
      <HostRevisions revisions={data.revisions} />
      <HostDeployments deployments={data.deployments} host={host.hostId} />
    </>
  );
}

function HostTrouble({ host: { host, trouble, command } }: { host: GetHostOutput }) {
  if (trouble === undefined && host.clockTrouble === undefined) return null;
  const tone = host.state === "dark" || host.state === "retired" ? "danger" : "warning";
  return (
    <Note tone={tone} title={<TimedText text={trouble ?? host.clockTrouble ?? ""} />}>
      {command && <CommandBlock label={`On ${host.hostName}:`} command={command} />}
    </Note>
  );
}

function RemoveHost({ host: { host, revisions } }: { host: GetHostOutput }) {
  const [isOpen, setIsOpen] = useState(false);
  const remove = useChange("Sluice", "RemoveHost");
  const navigate = useNavigate();
  const groups = revisions.length;
  return (
    <>
      <ActionButton action="sluice:RemoveHost" icon="trash" onPress={() => setIsOpen(true)}>
        Remove host
      </ActionButton>
      <ConfirmDialog
        title={`Remove ${host.hostName}?`}
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        confirmLabel="Remove host"
        isDangerous
        onConfirm={async () => {
          await remove.mutateAsync({ host: host.hostId });
          showToast({ title: `${host.hostName} is removed` });
          await navigate({ to: "/-/hosts" });
        }}
      >
        <p>
          No deployment goes to it any more, and its key is refused: its agent ends.
          {groups > 0 &&
            ` It has a revision of ${groups} ${groups === 1 ? "group" : "groups"}, which stays as it is on the machine.`}
        </p>
        {host.runningCommands > 0 && (
          <Note tone="warning" title="It is being deployed to now: that deployment counts it as failed." />
        )}
        <p>To have it back, enrol it again.</p>
      </ConfirmDialog>
    </>
  );
}
