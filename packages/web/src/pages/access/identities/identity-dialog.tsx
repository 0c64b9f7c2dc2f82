import { type FormEvent, useId, useState } from "react";
import { useChange } from "../../../api/use-operation.ts";
import { Button } from "../../../design/button.tsx";
import { Dialog } from "../../../design/dialog.tsx";
import { ErrorNote } from "../../../design/error-note.tsx";
import { Stack } from "../../../design/stack.tsx";
import { TextField } from "../../../design/text-field.tsx";
import { showToast } from "../../../design/toast.tsx";
import { ActionButton } from "../../../shell/access.tsx";
import type { Identity } from "./identity.ts";
import { PolicyPicker } from "./policy-picker.tsx";

interface IdentityDialogProps {
  readonly kind: Identity["kind"];
  /** Absent: a new one. */
  readonly identity: Identity | undefined;
  readonly onClose: () => void;
}

/** Makes a user or a role, or changes what it has. */
export function IdentityDialog({ kind, identity, onClose }: IdentityDialogProps) {
  const putUser = useChange("Sluice", "PutUser");
  const putRole = useChange("Sluice", "PutRole");
  const formId = useId();
  const [name, setName] = useState(identity?.name ?? "");
  const [description, setDescription] = useState(identity?.description ?? "");
  const [policyNames, setPolicyNames] = useState<readonly string[]>(identity?.policyNames ?? []);
  const [isTried, setIsTried] = useState(false);
  const error = putUser.error ?? putRole.error;
  const isNew = identity === undefined;
  const problem = name.trim() === "" ? `Name the ${kind}.` : undefined;
  const verb = isNew ? "Create" : "Save";

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsTried(true);
    if (problem !== undefined) return;
    const rest = { policyNames, ...((description.trim() !== "" || !isNew) && { description: description.trim() }) };
    const onSuccess = () => {
      showToast({ title: `The ${kind} ${name.trim()} is ${isNew ? "made" : "saved"}` });
      onClose();
    };
    if (kind === "user") putUser.mutate({ userName: name.trim(), ...rest }, { onSuccess });
    else putRole.mutate({ roleName: name.trim(), ...rest }, { onSuccess });
  };
  return (
    <Dialog
      title={isNew ? `Create a ${kind}` : `Change the ${kind} ${identity.name}`}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <ActionButton
            action={kind === "user" ? "sluice:PutUser" : "sluice:PutRole"}
            variant="primary"
            type="submit"
            form={formId}
            isPending={putUser.isPending || putRole.isPending}
          >
            {`${verb} ${kind}`}
          </ActionButton>
        </>
      }
    >
      <form id={formId} onSubmit={submit} noValidate autoComplete="off">
        <Stack>
          {isNew && (
            <TextField
              label="Name"
              value={name}
              onChange={setName}
              error={isTried ? problem : undefined}
              isRequired
              autoFocus
            />
          )}
          <TextField label="Description" value={description} onChange={setDescription} />
          <PolicyPicker label="Policies" value={policyNames} onChange={setPolicyNames} />
        </Stack>
      </form>
      {kind === "role" && (
        <p>Who is allowed sts:AssumeRole on its ARN may take it on; its temporary keys end by themselves.</p>
      )}
      {error && <ErrorNote error={error} />}
    </Dialog>
  );
}
