import type { GroupOverview } from "@sluice/wire/sluice/console-api.ts";
import { useChange } from "../../api/use-operation.ts";
import { ConfirmDialog } from "../../design/dialog.tsx";
import { Stack } from "../../design/stack.tsx";
import { showToast } from "../../design/toast.tsx";
import { CommandDisclosure } from "../../forms/command-disclosure.tsx";
import { historyWords, useDeploymentCount } from "../../forms/use-deployment-count.ts";

interface DeleteApplicationDialogProps {
  readonly application: string;
  readonly groups: readonly GroupOverview[];
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onDeleted: () => void;
}

export function DeleteApplicationDialog({
  application,
  groups,
  isOpen,
  onClose,
  onDeleted,
}: DeleteApplicationDialogProps) {
  const remove = useChange("CodeDeploy", "DeleteApplication");
  const names = groups.map(({ deploymentGroupName }) => deploymentGroupName);
  const count = useDeploymentCount(application, names, isOpen);
  const input = { applicationName: application };
  return (
    <ConfirmDialog
      title={`Delete ${application}?`}
      isOpen={isOpen}
      onClose={onClose}
      confirmLabel="Delete application"
      isDangerous
      onConfirm={async () => {
        await remove.mutateAsync(input);
        showToast({ title: `${application} is deleted` });
        onDeleted();
      }}
    >
      <Stack look="tight">
        <p>{whatGoes(names, count)}</p>
        <p>What is installed on hosts stays there, and runs on. It cannot be undone.</p>
        <CommandDisclosure commands={[{ verb: "delete-application", input }]} />
      </Stack>
    </ConfirmDialog>
  );
}

function whatGoes(groups: readonly string[], count: number | undefined): string {
  if (groups.length === 0) return "Its revisions go with it. It has no deployment group.";
  const named = groups.length === 1 ? `its group ${groups[0]}` : `its ${groups.length} groups (${groups.join(", ")})`;
  return `With it go ${named}, its revisions, and ${historyWords(count)}.`;
}
