import type { Attention } from "@sluice/wire/sluice/console-api.ts";
import { useState } from "react";
import { useChange } from "../../api/use-operation.ts";
import { ButtonLink } from "../../design/link.tsx";
import { showToast } from "../../design/toast.tsx";
import { ActDialog } from "../../parts/act-dialog.tsx";
import { ActionButton } from "../../shell/access.tsx";
import styles from "./attention-list.module.css";
import { waitEndedBy } from "./attention-look.ts";

/** What can be done about it here, and where the rest is. */
export function AttentionActions({ attention }: { attention: Attention }) {
  const { kind, deploymentId, hostId, applicationName, deploymentGroupName } = attention;
  const wait = waitEndedBy(kind);
  return (
    <div className={styles.actions}>
      {kind !== "dark-host" && deploymentId && (
        <ButtonLink
          to="/-/deployments/$deployment"
          params={{ deployment: deploymentId }}
          size="small"
          aria-label={`Open the deployment ${deploymentId}`}
        >
          Open
        </ButtonLink>
      )}
      {kind === "rolled-back-group" && applicationName && deploymentGroupName && (
        <Acknowledge application={applicationName} group={deploymentGroupName} />
      )}
      {wait && deploymentId && <EndWait deploymentId={deploymentId} {...wait} />}
      {hostId && (
        <ButtonLink to="/-/hosts/$host" params={{ host: hostId }} size="small">
          How to fix
        </ButtonLink>
      )}
      {!deploymentId && !hostId && applicationName && deploymentGroupName && (
        <ButtonLink
          to="/-/applications/$application/groups/$group"
          params={{ application: applicationName, group: deploymentGroupName }}
          size="small"
        >
          Open group
        </ButtonLink>
      )}
    </div>
  );
}

function EndWait({ deploymentId, action, label }: { deploymentId: string; action: string; label: string }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <ActionButton action="sluice:ActOnDeployment" variant="primary" size="small" onPress={() => setIsOpen(true)}>
        {label}
      </ActionButton>
      <ActDialog
        deploymentId={deploymentId}
        action={action}
        label={label}
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
      />
    </>
  );
}

function Acknowledge({ application, group }: { application: string; group: string }) {
  const change = useChange("Sluice", "AcknowledgeRollback");
  const acknowledge = async () => {
    try {
      await change.mutateAsync({ applicationName: application, deploymentGroupName: group });
      showToast({ title: `Acknowledged that ${application} / ${group} was rolled back` });
    } catch (error) {
      showToast({ tone: "danger", title: "It could not be acknowledged", description: (error as Error).message });
    }
  };
  return (
    <ActionButton
      action="sluice:AcknowledgeRollback"
      size="small"
      isPending={change.isPending}
      onPress={() => void acknowledge()}
    >
      Acknowledge
    </ActionButton>
  );
}
