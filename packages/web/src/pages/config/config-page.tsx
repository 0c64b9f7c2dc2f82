import { PREDEFINED_CONFIG_PREFIX } from "@sluice/model/deployment-config.ts";
import { describeConfig } from "@sluice/model/deployment-config-words.ts";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useChange, useOperation } from "../../api/use-operation.ts";
import { ConfirmDialog } from "../../design/dialog.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ErrorNote } from "../../design/error-note.tsx";
import { KeyValue } from "../../design/key-value.tsx";
import { Link } from "../../design/link.tsx";
import { PageHeader } from "../../design/page-header.tsx";
import { Card, Section } from "../../design/section.tsx";
import { SkeletonRows } from "../../design/skeleton.tsx";
import { Stack } from "../../design/stack.tsx";
import { Badge } from "../../design/status-badge.tsx";
import { Time } from "../../design/time.tsx";
import { showToast } from "../../design/toast.tsx";
import { CommandDisclosure } from "../../forms/command-disclosure.tsx";
import { capitalised } from "../../forms/config-select.tsx";
import { platformTitle } from "../../forms/platform-words.ts";
import { ShiftPicture } from "../../forms/shift-picture.tsx";
import { shiftSteps } from "../../forms/shift-steps.ts";
import { groupsByConfig, useAllGroups } from "../../forms/use-all-groups.ts";
import { GroupLink } from "../../parts/group-link.tsx";
import { ActionButton } from "../../shell/access.tsx";
import { usePageTitle } from "../../shell/page-title.tsx";
import styles from "./config-page.module.css";

const SECOND_WORDS = (seconds: number | undefined) => (seconds === undefined ? undefined : `${seconds} s`);

export function ConfigPage() {
  const { config: name } = useParams({ from: "/inside/-/configs/$config" });
  usePageTitle(name, "Configurations");
  const navigate = useNavigate();
  const [isDeleting, setIsDeleting] = useState(false);
  const { data, error, isPending } = useOperation("CodeDeploy", "GetDeploymentConfig", { deploymentConfigName: name });
  const groups = useAllGroups();
  const remove = useChange("CodeDeploy", "DeleteDeploymentConfig");
  const config = data?.deploymentConfigInfo;
  const users = groupsByConfig(groups.data ?? []).get(name) ?? [];
  const isPredefined = name.startsWith(PREDEFINED_CONFIG_PREFIX);
  const { trafficRoutingConfig: routing, minimumHealthyHosts: healthy, zonalConfig: zonal } = config ?? {};
  return (
    <>
      <PageHeader
        title={name}
        aside={
          <>
            {config && <Badge>{platformTitle(config.computePlatform)}</Badge>}
            {isPredefined && <Badge>Predefined</Badge>}
          </>
        }
        description={config && `${capitalised(describeConfig(config))}.`}
        breadcrumbs={[
          <Link key="configs" to="/-/configs">
            Configurations
          </Link>,
        ]}
        actions={
          config && (
            <ActionButton
              action="codedeploy:DeleteDeploymentConfig"
              icon="trash"
              onPress={() => setIsDeleting(true)}
              unavailable={whyNotDeleted(isPredefined, users.length)}
            >
              Delete
            </ActionButton>
          )
        }
      />
      {error && <ErrorNote error={error} title="The configuration could not be read." />}
      {isPending && !error && (
        <Card padded={false}>
          <SkeletonRows />
        </Card>
      )}
      {config && (
        <>
          {routing && (
            <Section title="How traffic moves" padded>
              <ShiftPicture steps={shiftSteps(routing)} />
            </Section>
          )}
          <Section title="What it says">
            <KeyValue
              items={[
                { name: "Minimum healthy hosts", value: healthy && `${healthy.value} (${healthy.type})` },
                { name: "Traffic routing", value: routing?.type },
                {
                  name: "Canary",
                  value:
                    routing?.timeBasedCanary &&
                    `${routing.timeBasedCanary.canaryPercentage} %, the rest after ${routing.timeBasedCanary.canaryInterval} min`,
                },
                {
                  name: "Linear",
                  value:
                    routing?.timeBasedLinear &&
                    `${routing.timeBasedLinear.linearPercentage} % every ${routing.timeBasedLinear.linearInterval} min`,
                },
                { name: "Wait after the first zone", value: SECOND_WORDS(zonal?.firstZoneMonitorDurationInSeconds) },
                { name: "Wait after each zone", value: SECOND_WORDS(zonal?.monitorDurationInSeconds) },
                {
                  name: "Healthy in each zone",
                  value:
                    zonal?.minimumHealthyHostsPerZone &&
                    `${zonal.minimumHealthyHostsPerZone.value} (${zonal.minimumHealthyHostsPerZone.type})`,
                },
                {
                  name: "Created",
                  value: config.createTime && !isPredefined ? <Time at={config.createTime} /> : undefined,
                },
                { name: "Id", value: <code>{config.deploymentConfigId}</code> },
              ]}
            />
          </Section>
          <Section title="Used by" count={groups.isPending ? undefined : users.length}>
            {groups.error && <ErrorNote error={groups.error} title="The groups could not be read." />}
            {groups.isPending && <SkeletonRows rows={2} />}
            {users.length === 0 && !groups.error && !groups.isPending && (
              <EmptyState icon="layers" title="No group names it">
                A deployment may still choose it by itself.
              </EmptyState>
            )}
            {users.length > 0 && (
              <ul className={styles.users}>
                {users.map(({ applicationName = "", deploymentGroupName = "" }) => (
                  <li key={`${applicationName}/${deploymentGroupName}`}>
                    <GroupLink application={applicationName} group={deploymentGroupName} />
                  </li>
                ))}
              </ul>
            )}
          </Section>
        </>
      )}
      <ConfirmDialog
        title={`Delete ${name}?`}
        isOpen={isDeleting}
        onClose={() => setIsDeleting(false)}
        confirmLabel="Delete configuration"
        isDangerous
        onConfirm={async () => {
          await remove.mutateAsync({ deploymentConfigName: name });
          showToast({ title: `${name} is deleted` });
          void navigate({ to: "/-/configs" });
        }}
      >
        <Stack look="tight">
          <p>No group names it. Deployments that were created with it keep what they took from it.</p>
          <CommandDisclosure commands={[{ verb: "delete-deployment-config", input: { deploymentConfigName: name } }]} />
        </Stack>
      </ConfirmDialog>
    </>
  );
}

function whyNotDeleted(isPredefined: boolean, users: number): string | undefined {
  if (isPredefined) return "It is predefined, and cannot be deleted.";
  if (users === 0) return undefined;
  return `${users === 1 ? "A group names it" : `${users} groups name it`}: give ${users === 1 ? "it" : "them"} another one first.`;
}
