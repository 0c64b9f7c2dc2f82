import { readResourceTags } from "@sluice/model/input-checks/resource-tag-input.ts";
import { call } from "../api/call.ts";
import { Button } from "../design/button.tsx";
import { Dialog } from "../design/dialog.tsx";
import { ErrorNote } from "../design/error-note.tsx";
import { Stack } from "../design/stack.tsx";
import { showToast } from "../design/toast.tsx";
import { useAccess } from "../shell/access.tsx";
import type { AwsCommand } from "./aws-command.ts";
import { CommandDisclosure } from "./command-disclosure.tsx";
import { problemsOf } from "./problem-of.ts";
import { type TagRow, tagChange, tagsOf } from "./tag-rows.ts";
import { TagRowsField } from "./tag-rows-field.tsx";
import { useForm } from "./use-form.ts";
import { useServiceLimits } from "./use-service-limits.ts";

interface EditTagsDialogProps {
  readonly title: string;
  readonly arn: string;
  readonly rows: readonly TagRow[];
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** Whoever shows them reads them again. */
  readonly onSaved: () => void;
}

/** The tags of an application or a group itself. */
export function EditTagsDialog(props: EditTagsDialogProps) {
  return props.isOpen ? <OpenDialog {...props} /> : null;
}

function OpenDialog({ title, arn, rows, onClose, onSaved }: EditTagsDialogProps) {
  const { refusal } = useAccess();
  const limits = useServiceLimits();
  const handle = useForm<{ readonly tags: readonly TagRow[] }, "tags">({
    initial: { tags: rows },
    problemsOf: ({ tags }) => problemsOf({ tags: () => readResourceTags(tagsOf(tags), limits) }),
    fieldOfFault: (code) => (code === "InvalidTagsToAddException" ? "tags" : undefined),
  });
  const { added, removedKeys } = tagChange(rows, handle.form.tags);
  const save = async () => {
    const isSaved = await handle.submit(async () => {
      if (removedKeys.length > 0) {
        await call("CodeDeploy", "UntagResource", { ResourceArn: arn, TagKeys: [...removedKeys] });
      }
      if (added.length > 0) await call("CodeDeploy", "TagResource", { ResourceArn: arn, Tags: [...added] });
    });
    if (!isSaved) return;
    showToast({ title: "The tags are saved" });
    onSaved();
    onClose();
  };
  const commands: AwsCommand[] = [
    ...(removedKeys.length > 0 ? [{ verb: "untag-resource", input: { ResourceArn: arn, TagKeys: removedKeys } }] : []),
    ...(added.length > 0 ? [{ verb: "tag-resource", input: { ResourceArn: arn, Tags: added } }] : []),
  ];
  return (
    <Dialog
      title={title}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            variant="primary"
            onPress={() => void save()}
            isPending={handle.isPending}
            unavailable={
              refusal("codedeploy:TagResource") ?? (commands.length === 0 ? "Nothing has changed yet." : undefined)
            }
          >
            Save tags
          </Button>
        </>
      }
    >
      <Stack>
        <TagRowsField
          rows={handle.form.tags}
          onChange={(tags) => handle.change({ tags })}
          onBlur={() => handle.touch("tags")}
          error={handle.errorOf("tags")}
        />
        {handle.error !== undefined && <ErrorNote error={handle.error} />}
        {commands.length > 0 && <CommandDisclosure commands={commands} />}
      </Stack>
    </Dialog>
  );
}
