import type { RegisterApplicationRevisionInput } from "@aws-sdk/client-codedeploy";
import { checkDescription } from "@sluice/model/input-checks/required-names.ts";
import { readRevision } from "@sluice/model/input-checks/revision-input.ts";
import { BUNDLE_TYPES, type BundleType } from "@sluice/model/revision-location.ts";
import { Form } from "react-aria-components";
import { useChange } from "../../api/use-operation.ts";
import { Button } from "../../design/button.tsx";
import { Dialog } from "../../design/dialog.tsx";
import { ErrorNote } from "../../design/error-note.tsx";
import { RadioGroup } from "../../design/radio-group.tsx";
import { Select } from "../../design/select.tsx";
import { Stack } from "../../design/stack.tsx";
import { TextField } from "../../design/text-field.tsx";
import { showToast } from "../../design/toast.tsx";
import { CommandDisclosure } from "../../forms/command-disclosure.tsx";
import { Problem } from "../../forms/problem.tsx";
import { problemsOf } from "../../forms/problem-of.ts";
import { useForm } from "../../forms/use-form.ts";

interface RegisterRevisionDialogProps {
  readonly application: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}
interface RevisionForm {
  readonly source: "S3" | "GitHub";
  readonly bucket: string;
  readonly key: string;
  readonly bundleType: BundleType;
  readonly repository: string;
  readonly commitId: string;
  readonly description: string;
}

const EMPTY: RevisionForm = {
  source: "S3",
  bucket: "",
  key: "",
  bundleType: "zip",
  repository: "",
  commitId: "",
  description: "",
};

/** Makes a revision known before it is deployed. Registering one again changes its description. */
export function RegisterRevisionDialog(props: RegisterRevisionDialogProps) {
  return props.isOpen ? <OpenDialog {...props} /> : null;
}

function OpenDialog({ application, onClose }: RegisterRevisionDialogProps) {
  const register = useChange("CodeDeploy", "RegisterApplicationRevision");
  const handle = useForm<RevisionForm, "revision" | "description">({
    initial: EMPTY,
    problemsOf: (form) =>
      problemsOf({
        revision: () => readRevision(inputOf(application, form).revision),
        description: () => checkDescription(form.description),
      }),
    fieldOfFault: (code) =>
      /Revision/.test(code) ? "revision" : code === "DescriptionTooLongException" ? "description" : undefined,
  });
  const { form, change, errorOf } = handle;
  const input = inputOf(application, form);
  const submit = async () => {
    if (!(await handle.submit(() => register.mutateAsync(input)))) return;
    showToast({ title: "The revision is registered" });
    onClose();
  };
  return (
    <Dialog
      title="Register revision"
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button variant="primary" onPress={() => void submit()} isPending={handle.isPending}>
            Register revision
          </Button>
        </>
      }
    >
      <Form
        ref={handle.ref}
        validationBehavior="aria"
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Stack>
          <RadioGroup
            label="Where it is"
            look="cards"
            options={[
              { id: "S3", title: "S3", description: "Also this server's own bucket." },
              { id: "GitHub", title: "GitHub", description: "A commit." },
            ]}
            value={form.source}
            onChange={(source) => change({ source: source as RevisionForm["source"] })}
          />
          {form.source === "S3" ? (
            <>
              <TextField
                label="Bucket"
                value={form.bucket}
                onChange={(bucket) => change({ bucket })}
                isRequired
                spellCheck="false"
              />
              <TextField
                label="Key"
                value={form.key}
                onChange={(key) => change({ key })}
                isRequired
                isMono
                spellCheck="false"
              />
              <Select
                label="Type"
                options={BUNDLE_TYPES.map((id) => ({ id, title: id }))}
                value={form.bundleType}
                onChange={(bundleType) => change({ bundleType: bundleType as BundleType })}
                isRequired
              />
            </>
          ) : (
            <>
              <TextField
                label="Repository"
                value={form.repository}
                onChange={(repository) => change({ repository })}
                placeholder="owner/name"
                isRequired
                isMono
                spellCheck="false"
              />
              <TextField
                label="Commit"
                value={form.commitId}
                onChange={(commitId) => change({ commitId })}
                isRequired
                isMono
                spellCheck="false"
              />
            </>
          )}
          <Problem text={errorOf("revision")} />
          <TextField
            label="Description"
            description="A revision that is registered already gets this one."
            value={form.description}
            onChange={(description) => change({ description })}
            error={errorOf("description")}
          />
          {handle.error !== undefined && <ErrorNote error={handle.error} />}
          <CommandDisclosure commands={[{ verb: "register-application-revision", input: { ...input } }]} />
          <input type="submit" hidden />
        </Stack>
      </Form>
    </Dialog>
  );
}

function inputOf(applicationName: string, form: RevisionForm): RegisterApplicationRevisionInput {
  const { source, bucket, key, bundleType, repository, commitId, description } = form;
  return {
    applicationName,
    revision:
      source === "S3"
        ? { revisionType: "S3", s3Location: { bucket, key, bundleType } }
        : { revisionType: "GitHub", gitHubLocation: { repository, commitId } },
    ...(description !== "" && { description }),
  };
}
