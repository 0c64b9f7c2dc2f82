import type { CreateApplicationInput } from "@aws-sdk/client-codedeploy";
import type { ComputePlatform } from "@sluice/model/deployment-config.ts";
import { requireApplicationName } from "@sluice/model/input-checks/required-names.ts";
import { readResourceTags } from "@sluice/model/input-checks/resource-tag-input.ts";
import { Form } from "react-aria-components";
import { useChange } from "../../api/use-operation.ts";
import { Button } from "../../design/button.tsx";
import { Dialog } from "../../design/dialog.tsx";
import { ErrorNote } from "../../design/error-note.tsx";
import { RadioGroup } from "../../design/radio-group.tsx";
import { Stack } from "../../design/stack.tsx";
import { TextField } from "../../design/text-field.tsx";
import { CommandDisclosure } from "../../forms/command-disclosure.tsx";
import { PLATFORM_ORDER, PLATFORM_WORDS, platformOf } from "../../forms/platform-words.ts";
import { problemsOf } from "../../forms/problem-of.ts";
import { type TagRow, tagsOf } from "../../forms/tag-rows.ts";
import { TagRowsField } from "../../forms/tag-rows-field.tsx";
import { useForm } from "../../forms/use-form.ts";
import { useServiceLimits } from "../../forms/use-service-limits.ts";
import { useAccess } from "../../shell/access.tsx";

interface CreateApplicationDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onCreated: (applicationName: string) => void;
}
interface ApplicationForm {
  readonly name: string;
  readonly platform: ComputePlatform;
  readonly tags: readonly TagRow[];
}

const FIELD_OF_FAULT: Readonly<Record<string, "name" | "tags">> = {
  ApplicationNameRequiredException: "name",
  InvalidApplicationNameException: "name",
  ApplicationAlreadyExistsException: "name",
  ApplicationLimitExceededException: "name",
  InvalidTagsToAddException: "tags",
};

export function CreateApplicationDialog(props: CreateApplicationDialogProps) {
  return props.isOpen ? <OpenDialog {...props} /> : null;
}

function OpenDialog({ onClose, onCreated }: CreateApplicationDialogProps) {
  const { refusal } = useAccess();
  const limits = useServiceLimits();
  const create = useChange("CodeDeploy", "CreateApplication");
  const handle = useForm<ApplicationForm, "name" | "tags">({
    initial: { name: "", platform: "Server", tags: [] },
    problemsOf: ({ name, tags }) =>
      problemsOf({ name: () => requireApplicationName(name), tags: () => readResourceTags(tagsOf(tags), limits) }),
    fieldOfFault: (code) => FIELD_OF_FAULT[code],
  });
  const { form, change, touch, errorOf } = handle;
  const submit = async () => {
    if (await handle.submit((typed) => create.mutateAsync(inputOf(typed)))) onCreated(form.name);
  };
  return (
    <Dialog
      title="Create application"
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            variant="primary"
            onPress={submit}
            isPending={handle.isPending}
            unavailable={refusal("codedeploy:CreateApplication")}
          >
            Create application
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
          <TextField
            label="Name"
            description="What you deploy, such as web or checkout. Letters, digits and . _ + = , @ -"
            value={form.name}
            onChange={(name) => change({ name })}
            onBlur={() => form.name !== "" && touch("name")}
            error={errorOf("name")}
            isRequired
            autoFocus
            spellCheck="false"
          />
          <RadioGroup
            label="Compute platform"
            description="It cannot be changed later."
            look="cards"
            options={PLATFORM_ORDER.map((id) => ({ id, ...PLATFORM_WORDS[id] }))}
            value={form.platform}
            onChange={(id) => change({ platform: platformOf(id) })}
          />
          <TagRowsField
            rows={form.tags}
            onChange={(tags) => change({ tags })}
            onBlur={() => touch("tags")}
            error={errorOf("tags")}
          />
          {handle.error !== undefined && <ErrorNote error={handle.error} />}
          <CommandDisclosure commands={[{ verb: "create-application", input: inputOf(form) }]} />
          <input type="submit" hidden />
        </Stack>
      </Form>
    </Dialog>
  );
}

function inputOf({
  name,
  platform,
  tags,
}: ApplicationForm): CreateApplicationInput & Readonly<Record<string, unknown>> {
  const written = tagsOf(tags);
  return {
    applicationName: name,
    computePlatform: platform,
    ...(written.length > 0 && { tags: written }),
  };
}
