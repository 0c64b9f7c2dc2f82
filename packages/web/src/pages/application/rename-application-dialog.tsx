import { requireApplicationName } from "@sluice/model/input-checks/required-names.ts";
import { Form } from "react-aria-components";
import { useChange } from "../../api/use-operation.ts";
import { Button } from "../../design/button.tsx";
import { Dialog } from "../../design/dialog.tsx";
import { ErrorNote } from "../../design/error-note.tsx";
import { Stack } from "../../design/stack.tsx";
import { TextField } from "../../design/text-field.tsx";
import { showToast } from "../../design/toast.tsx";
import { CommandDisclosure } from "../../forms/command-disclosure.tsx";
import { problemsOf } from "../../forms/problem-of.ts";
import { useForm } from "../../forms/use-form.ts";

interface RenameApplicationDialogProps {
  readonly application: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onRenamed: (name: string) => void;
}

export function RenameApplicationDialog(props: RenameApplicationDialogProps) {
  return props.isOpen ? <OpenDialog {...props} /> : null;
}

function OpenDialog({ application, onClose, onRenamed }: RenameApplicationDialogProps) {
  const update = useChange("CodeDeploy", "UpdateApplication");
  const handle = useForm<{ readonly name: string }, "name">({
    initial: { name: application },
    problemsOf: ({ name }) => problemsOf({ name: () => requireApplicationName(name, "newApplicationName") }),
    fieldOfFault: (code) => (/Application(Name|AlreadyExists)/.test(code) ? "name" : undefined),
  });
  const { name } = handle.form;
  const input = { applicationName: application, newApplicationName: name };
  const rename = async () => {
    if (!handle.isDirty || !(await handle.submit(() => update.mutateAsync(input)))) return;
    showToast({ title: `${application} is ${name} now` });
    onClose();
    onRenamed(name);
  };
  return (
    <Dialog
      title={`Rename ${application}`}
      size="small"
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            variant="primary"
            onPress={() => void rename()}
            isPending={handle.isPending}
            unavailable={handle.isDirty ? undefined : "Type another name first."}
          >
            Rename
          </Button>
        </>
      }
    >
      <Form
        ref={handle.ref}
        validationBehavior="aria"
        onSubmit={(event) => {
          event.preventDefault();
          void rename();
        }}
      >
        <Stack>
          <TextField
            label="Name"
            description="Groups, revisions, history and tags follow. Pipelines and permissions that name it have to be changed."
            value={name}
            onChange={(typed) => handle.change({ name: typed })}
            error={handle.errorOf("name")}
            isRequired
            autoFocus
            spellCheck="false"
          />
          {handle.error !== undefined && <ErrorNote error={handle.error} />}
          <CommandDisclosure commands={[{ verb: "update-application", input }]} />
          <input type="submit" hidden />
        </Stack>
      </Form>
    </Dialog>
  );
}
