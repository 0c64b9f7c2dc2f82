import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useId, useState } from "react";
import { useChange } from "../../api/use-operation.ts";
import { Button } from "../../design/button.tsx";
import { Dialog } from "../../design/dialog.tsx";
import { ErrorNote } from "../../design/error-note.tsx";
import { TextArea, TextField } from "../../design/text-field.tsx";
import { showToast } from "../../design/toast.tsx";
import { ActionButton } from "../../shell/access.tsx";
import styles from "./host-form.module.css";
import { parseTags } from "./tag-text.ts";

/** A host that is known before it enrols: its name, tags and zone. */
export function DeclareHostDialog({ onClose }: { onClose: () => void }) {
  const declare = useChange("Sluice", "DeclareHost");
  const navigate = useNavigate();
  const formId = useId();
  const [hostName, setHostName] = useState("");
  const [zone, setZone] = useState("");
  const [tagLines, setTagLines] = useState("");
  const [problem, setProblem] = useState<string>();

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const parsed = parseTags(tagLines);
    if ("problem" in parsed) return setProblem(parsed.problem);
    const { tags } = parsed;
    const made = await declare.mutateAsync({ hostName, tags, ...(zone !== "" && { zone }) }).catch(() => undefined);
    if (made === undefined) return;
    showToast({ title: `${made.host.hostName} is declared`, description: "It is a target once it has enrolled." });
    await navigate({ to: "/-/hosts/$host", params: { host: made.host.hostId } });
  };

  return (
    <Dialog
      title="Declare a host"
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <ActionButton
            action="sluice:DeclareHost"
            variant="primary"
            type="submit"
            form={formId}
            isPending={declare.isPending}
          >
            Declare host
          </ActionButton>
        </>
      }
    >
      <p>
        The machine that enrols under this name gets its tags and zone. Until then deployments that match its tags count
        it as a host that does not answer.
      </p>
      <form id={formId} className={styles.form} onSubmit={(event) => void submit(event)}>
        <TextField label="Name" placeholder="web-4" value={hostName} onChange={setHostName} isRequired autoFocus />
        <TextArea
          label="Tags"
          description="KEY=VALUE, one a line."
          placeholder={"App=checkout\nEnv=production"}
          rows={3}
          isMono
          value={tagLines}
          onChange={(value) => {
            setTagLines(value);
            setProblem(undefined);
          }}
          error={problem}
        />
        <TextField label="Zone" placeholder="eu-central-1a" value={zone} onChange={setZone} />
      </form>
      {declare.error && <ErrorNote error={declare.error} title="It is not declared." />}
    </Dialog>
  );
}
