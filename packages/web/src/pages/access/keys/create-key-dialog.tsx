import type { CreateAccessKeyInput } from "@sluice/wire/sluice/access-api.ts";
import { type FormEvent, useId, useState } from "react";
import { useChange } from "../../../api/use-operation.ts";
import { Button } from "../../../design/button.tsx";
import { ComboBox } from "../../../design/combo-box.tsx";
import { Dialog } from "../../../design/dialog.tsx";
import { ErrorNote } from "../../../design/error-note.tsx";
import { RadioGroup } from "../../../design/radio-group.tsx";
import { Select } from "../../../design/select.tsx";
import { Stack } from "../../../design/stack.tsx";
import { TextField } from "../../../design/text-field.tsx";
import { useAll } from "../../../forms/use-all.ts";
import { ActionButton } from "../../../shell/access.tsx";
import { PolicyPicker } from "../identities/policy-picker.tsx";
import { expiryOf, LIVES, type Life } from "./key-life.ts";
import { policyWords } from "./key-rights.tsx";
import { NewKey } from "./new-key.tsx";

const MAX_DESCRIPTION_CHARACTERS = 256;
const ROLES = [
  { id: "user", title: "What policies say", description: "The policies of a user: for people and pipelines." },
  { id: "read-only", title: "May only look", description: "Every list, page, log and the event stream; nothing else." },
  { id: "root", title: "May do everything", description: "As the key with which the server was set up." },
  { id: "host", title: "Speaks for one host", description: "The least key of an agent that is not Sluice's." },
];

/** Makes a key, and shows its secret once. */
export function CreateKeyDialog({ onClose }: { onClose: () => void }) {
  const create = useChange("Sluice", "CreateAccessKey");
  const users = useAll("Sluice", "ListUsers", {}, (page) => page.users, { live: { changed: ["keys"] } });
  const formId = useId();
  const [role, setRole] = useState("user");
  const [name, setName] = useState("");
  const [policyNames, setPolicyNames] = useState<readonly string[]>([]);
  const [description, setDescription] = useState("");
  const [life, setLife] = useState<Life>("never");
  const [isTried, setIsTried] = useState(false);
  const user = users.data?.find(({ userName }) => userName === name.trim());
  const isNamed = role === "user" || role === "host";
  const problem = isNamed && name.trim() === "" ? `Name the ${role}.` : undefined;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsTried(true);
    if (problem !== undefined) return;
    const expiresAt = expiryOf(life, Date.now());
    const input: CreateAccessKeyInput = {
      role,
      ...(role === "user" && { userName: name.trim() }),
      ...(role === "user" && user === undefined && policyNames.length > 0 && { policyNames }),
      ...(role === "host" && { hostName: name.trim() }),
      ...(description.trim() !== "" && { description: description.trim() }),
      ...(expiresAt && { expiresAt }),
    };
    create.mutate(input);
  };
  if (create.data) {
    const { accessKey, secretAccessKey, hostIdentifier } = create.data;
    return (
      <NewKey
        title="The key is made"
        accessKeyId={accessKey.accessKeyId}
        secretAccessKey={secretAccessKey}
        profile={accessKey.userName ?? accessKey.hostName ?? "sluice"}
        note={hostIdentifier && `The agent calls itself ${hostIdentifier}.`}
        onClose={onClose}
      />
    );
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
      <form id={formId} onSubmit={submit} noValidate autoComplete="off">
        <Stack>
          <RadioGroup label="Rights" options={ROLES} value={role} onChange={setRole} />
          {role === "user" && (
            <ComboBox
              label="User"
              options={(users.data ?? []).map((each) => ({
                id: each.userName,
                title: each.userName,
                description: policyWords(policiesOf(each)),
              }))}
              value={name}
              onChange={setName}
              error={isTried ? problem : undefined}
              description={
                user ? `Has ${policyWords(policiesOf(user))}.` : "A name that is not there yet makes the user."
              }
              none="No such user yet: it is made."
              isRequired
            />
          )}
          {role === "user" && user === undefined && name.trim() !== "" && (
            <PolicyPicker label="Policies of the new user" value={policyNames} onChange={setPolicyNames} />
          )}
          {role === "host" && (
            <TextField
              label="Host"
              description="A host that is not there yet is declared."
              value={name}
              onChange={setName}
              error={isTried ? problem : undefined}
              isRequired
            />
          )}
          <TextField
            label="Description"
            description="Whose it is, or what for."
            placeholder="Grafana, or Ada"
            value={description}
            onChange={setDescription}
            maxLength={MAX_DESCRIPTION_CHARACTERS}
          />
          <Select
            label="Good for"
            options={LIVES}
            value={life}
            onChange={(id) => setLife(LIVES.find((each) => each.id === id)?.id ?? "never")}
            isRequired
          />
        </Stack>
      </form>
      {create.error && <ErrorNote error={create.error} title="There is no new key." />}
    </Dialog>
  );
}

function policiesOf({
  policyNames,
  inlinePolicies,
}: {
  readonly policyNames: readonly string[];
  readonly inlinePolicies: readonly { readonly policyName: string }[];
}): readonly string[] {
  return [...policyNames, ...inlinePolicies.map(({ policyName }) => policyName)];
}
