import type {
  DeploymentActionView,
  DeploymentSummary,
  DescribeDeploymentOutput,
} from "@sluice/wire/sluice/console-api.ts";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useChange, useOperation } from "../../../api/use-operation.ts";
import { Button } from "../../../design/button.tsx";
import { CommandBlock } from "../../../design/copyable.tsx";
import { Dialog } from "../../../design/dialog.tsx";
import { ErrorNote } from "../../../design/error-note.tsx";
import { Note } from "../../../design/note.tsx";
import { Select } from "../../../design/select.tsx";
import { SkeletonRows } from "../../../design/skeleton.tsx";
import { Stack } from "../../../design/stack.tsx";
import { TextArea } from "../../../design/text-field.tsx";
import { localWords } from "../../../design/time-words.ts";
import { showToast } from "../../../design/toast.tsx";
import { revisionWords } from "../../../parts/revision-words.ts";
import { RevisionDifferences } from "../../compare/revision-differences.tsx";
import { commandFor, consequenceOf, proposed } from "./roll-back-words.ts";
import { sentence } from "./sentence.ts";

interface RollBackDialogProps {
  readonly described: DescribeDeploymentOutput;
  readonly view: DeploymentActionView;
  readonly onClose: () => void;
}

const MAX_REASON = 1000;

/** Which earlier revision comes back, what differs from what runs now, and why. */
export function RollBackDialog({ described, view, onClose }: RollBackDialogProps) {
  const { deployment, earlierRevisions } = described;
  const { deploymentId, applicationName, deploymentGroupName } = deployment;
  const [toDeploymentId, setTo] = useState(proposed(view, earlierRevisions));
  const [reason, setReason] = useState("");
  const act = useChange("Sluice", "ActOnDeployment");
  const navigate = useNavigate();
  const difference = useOperation(
    "Sluice",
    "CompareDeployments",
    { fromDeploymentId: deploymentId, toDeploymentId: toDeploymentId ?? "" },
    { enabled: toDeploymentId !== undefined, keepsPrevious: true },
  );
  const chosen = earlierRevisions.find((each) => each.deploymentId === toDeploymentId);
  const rollBack = async () => {
    const input = { deploymentId, action: "roll-back", reason: reason.trim(), toDeploymentId };
    const { createdDeploymentId, message } = await act.mutateAsync(input);
    onClose();
    showToast({ title: sentence(message) });
    if (createdDeploymentId !== undefined) {
      await navigate({ to: "/-/deployments/$deployment", params: { deployment: createdDeploymentId }, search: {} });
    }
  };
  return (
    <Dialog
      title={`Roll back ${applicationName} / ${deploymentGroupName}`}
      isOpen
      onClose={onClose}
      size="large"
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            variant="danger"
            icon="undo"
            isPending={act.isPending}
            unavailable={
              view.unavailable !== undefined
                ? sentence(view.unavailable)
                : reason.trim() === ""
                  ? "Say why first: the reason is kept with the deployment."
                  : undefined
            }
            onPress={() => void rollBack().catch(() => {})}
          >
            Roll back{chosen ? ` to ${nameOf(chosen)}` : ""}
          </Button>
        </>
      }
    >
      <Stack>
        <Select
          label="Deploy again"
          isRequired
          value={toDeploymentId}
          onChange={setTo}
          description="Revisions of the group that were deployed successfully, the newest first."
          options={earlierRevisions.map((each) => ({
            id: each.deploymentId,
            title: nameOf(each),
            description: `${each.deploymentId} · ${localWords(each.completedAt ?? each.createdAt)}${each.description ? ` · ${each.description}` : ""}`,
          }))}
        />
        <p>{sentence(consequenceOf(view, chosen))}</p>
        {view.unavailable !== undefined && (
          <Note tone="warning" title="Not now">
            {sentence(view.unavailable)}
          </Note>
        )}
        <Stack look="tight">
          <h3>
            What changes on the hosts: {nameOf(deployment)} → {chosen ? nameOf(chosen) : "…"}
          </h3>
          {difference.error && <ErrorNote error={difference.error} title="The revisions could not be compared." />}
          {!difference.data && !difference.error && <SkeletonRows rows={3} />}
          {difference.data && <RevisionDifferences difference={difference.data.revision} />}
        </Stack>
        <TextArea
          label="Reason"
          description="Kept with the deployment, for everybody who looks at it later."
          value={reason}
          onChange={setReason}
          maxLength={MAX_REASON}
          isRequired
          rows={2}
        />
        <CommandBlock label="The same as a command" command={commandFor(view.command, toDeploymentId)} />
        {act.error && <ErrorNote error={act.error} />}
      </Stack>
    </Dialog>
  );
}

function nameOf({ revision, deploymentId }: DeploymentSummary): string {
  return revisionWords(revision)?.name ?? deploymentId;
}
