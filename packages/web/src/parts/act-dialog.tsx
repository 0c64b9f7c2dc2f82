import { useChange, useOperation } from "../api/use-operation.ts";
import { ConfirmDialog } from "../design/dialog.tsx";
import { ErrorNote } from "../design/error-note.tsx";
import { Note } from "../design/note.tsx";
import { Skeleton } from "../design/skeleton.tsx";
import { showToast } from "../design/toast.tsx";
import { actInput } from "./act-input.ts";

interface ActDialogProps {
  readonly deploymentId: string;
  /** As in ActOnDeployment. */
  readonly action: string;
  /** On the button that opened it and on the one that does it. */
  readonly label: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Before an action on a deployment: what it will do, and why somebody does it. */
export function ActDialog(props: ActDialogProps) {
  return props.isOpen ? <OpenActDialog {...props} /> : null;
}

function OpenActDialog({ deploymentId, action, label, onClose }: ActDialogProps) {
  const { data, error } = useOperation(
    "Sluice",
    "DescribeDeployment",
    { deploymentId },
    { live: { deployment: deploymentId } },
  );
  const act = useChange("Sluice", "ActOnDeployment");
  const view = data?.actions.find((each) => each.action === action);
  return (
    <ConfirmDialog
      title={`${label} ${deploymentId}?`}
      isOpen
      onClose={onClose}
      confirmLabel={label}
      asksReason
      onConfirm={async (reason) => {
        const input = data ? actInput(data, action, reason) : { deploymentId, action, reason };
        const { message } = await act.mutateAsync(input);
        showToast({ title: message });
      }}
    >
      {error && <ErrorNote error={error} title="What it would do could not be read." />}
      {!data && !error && <Skeleton width="80%" />}
      {view && <p>{view.consequence}.</p>}
      {view?.unavailable && <Note tone="warning" title={`Not now: ${view.unavailable}.`} />}
    </ConfirmDialog>
  );
}
