import { type FormEvent, useId, useState } from "react";
import { useChange } from "../../api/use-operation.ts";
import { Button } from "../../design/button.tsx";
import { CommandBlock } from "../../design/copyable.tsx";
import { Dialog } from "../../design/dialog.tsx";
import { ErrorNote } from "../../design/error-note.tsx";
import { Note } from "../../design/note.tsx";
import { RadioGroup } from "../../design/radio-group.tsx";
import { Stack } from "../../design/stack.tsx";
import { TextField } from "../../design/text-field.tsx";
import { ActionButton } from "../../shell/access.tsx";

const MAX_DESCRIPTION_CHARACTERS = 256;
const ROLES = [
  { id: "read-only", title: "May only look", description: "Every list, page, log and the event stream; nothing else." },
  { id: "root", title: "May do everything", description: "As the key with which the server was set up." },
];

/** Makes a key, and shows its secret once. */
export function CreateKeyDialog({ onClose }: { onClose: () => void }) {
  const create = useChange("Sluice", "CreateAccessKey");
  const formId = useId();
  const [role, setRole] = useState("read-only");
  const [description, setDescription] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({ role, ...(description.trim() !== "" && { description: description.trim() }) });
  };
  if (create.data) {
    const { accessKey, secretAccessKey } = create.data;
    return <NewKey accessKeyId={accessKey.accessKeyId} secretAccessKey={secretAccessKey} onClose={onClose} />;
  }
  return (
    <Dialog
      title="Create an access key"
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <ActionButton
            action="sluice:CreateAccessKey"
            variant="primary"
            type="submit"
            form={formId}
            isPending={create.isPending}
          >
            Create key
          </ActionButton>
        </>
      }
    >
      <form id={formId} onSubmit={submit}>
        <Stack>
          <RadioGroup label="Rights" options={ROLES} value={role} onChange={setRole} />
          <TextField
            label="Description"
            description="Whose it is, or what for."
            placeholder="Grafana, or Ada"
            value={description}
            onChange={setDescription}
            maxLength={MAX_DESCRIPTION_CHARACTERS}
          />
        </Stack>
      </form>
      {create.error && <ErrorNote error={create.error} title="There is no new key." />}
    </Dialog>
  );
}

interface NewKeyProps {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly onClose: () => void;
}

function NewKey({ accessKeyId, secretAccessKey, onClose }: NewKeyProps) {
  return (
    <Dialog
      title="The key is made"
      isOpen
      onClose={onClose}
      actions={
        <Button variant="primary" onPress={onClose}>
          I have saved the secret
        </Button>
      }
    >
      <Note tone="warning" title="The secret is shown this once.">
        <p>The server shows it to nobody again. Who has lost it deletes the key and makes another one.</p>
      </Note>
      <CommandBlock label="Access key id" noun="access key id" command={accessKeyId} />
      <CommandBlock label="Secret access key" noun="secret access key" command={secretAccessKey} />
    </Dialog>
  );
}
