import { useChange } from "../../api/use-operation.ts";
import { ConfirmDialog } from "../../design/dialog.tsx";
import { Stack } from "../../design/stack.tsx";
import { showToast } from "../../design/toast.tsx";
import { CommandDisclosure } from "../../forms/command-disclosure.tsx";
import type { GroupNames } from "../../forms/trigger-tests.tsx";
import { historyWords, useDeploymentCount } from "../../forms/use-deployment-count.ts";

interface DeleteGroupDialogProps {
  readonly names: GroupNames;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onDeleted: () => void;
}

export function DeleteGroupDialog({ names, isOpen, onClose, onDeleted }: DeleteGroupDialogProps) {
  const remove = useChange("CodeDeploy", "DeleteDeploymentGroup");
  const count = useDeploymentCount(names.applicationName, [names.deploymentGroupName], isOpen);
  return (
    <ConfirmDialog
      title={`Delete ${names.deploymentGroupName}?`}
      isOpen={isOpen}
      onClose={onClose}
      confirmLabel="Delete group"
      isDangerous
      onConfirm={async () => {
        await remove.mutateAsync(names);
        showToast({ title: `${names.deploymentGroupName} is deleted` });
        onDeleted();
      }}
    >
      <Stack look="tight">
        <p>With it goes {historyWords(count)}. The revisions stay with the application.</p>
        <p>What is installed on hosts stays there, and runs on. It cannot be undone.</p>
        <CommandDisclosure commands={[{ verb: "delete-deployment-group", input: { ...names } }]} />
      </Stack>
    </ConfirmDialog>
  );
}
