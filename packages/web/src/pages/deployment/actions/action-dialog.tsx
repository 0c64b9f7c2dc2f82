import type { DeploymentActionView, DescribeDeploymentOutput } from "@sluice/wire/sluice/console-api.ts";
import { useChange } from "../../../api/use-operation.ts";
import { CommandBlock } from "../../../design/copyable.tsx";
import { ConfirmDialog } from "../../../design/dialog.tsx";
import { Note } from "../../../design/note.tsx";
import { Stack } from "../../../design/stack.tsx";
import { showToast } from "../../../design/toast.tsx";
import { actInput } from "../../../parts/act-input.ts";
import { actionLook } from "./action-looks.ts";
import { sentence } from "./sentence.ts";

interface ActionDialogProps {
  readonly described: DescribeDeploymentOutput;
  /** As it is now: it changes while the dialog is open. */
  readonly view: DeploymentActionView;
  readonly onClose: () => void;
}

/** Before an action: what it will do to how many hosts and how much traffic, and why somebody does it. */
export function ActionDialog({ described, view, onClose }: ActionDialogProps) {
  const { action, consequence, command, unavailable } = view;
  const { label } = actionLook(action);
  const act = useChange("Sluice", "ActOnDeployment");
  return (
    <ConfirmDialog
      title={`${label}: ${described.deployment.applicationName} / ${described.deployment.deploymentGroupName}`}
      isOpen
      onClose={onClose}
      confirmLabel={label}
      isDangerous={action.startsWith("stop")}
      asksReason
      onConfirm={async (reason) => {
        const { message } = await act.mutateAsync(actInput(described, action, reason));
        showToast({ title: sentence(message) });
      }}
    >
      <Stack look="tight">
        <p>{sentence(consequence)}</p>
        {unavailable !== undefined && (
          <Note tone="warning" title="The deployment has moved on meanwhile">
            {sentence(unavailable)}
          </Note>
        )}
        <CommandBlock label="The same as a command" command={command} />
      </Stack>
    </ConfirmDialog>
  );
}
