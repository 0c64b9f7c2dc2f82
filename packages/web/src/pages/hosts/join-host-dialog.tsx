import { joinCommand } from "@sluice/model/join-command.ts";
import { isLoopbackUrl } from "@sluice/model/loopback-url.ts";
import { type FormEvent, useId, useState } from "react";
import { useChange } from "../../api/use-operation.ts";
import { Button } from "../../design/button.tsx";
import { CommandBlock } from "../../design/copyable.tsx";
import { Dialog } from "../../design/dialog.tsx";
import { ErrorNote } from "../../design/error-note.tsx";
import { Note } from "../../design/note.tsx";
import { TextArea, TextField } from "../../design/text-field.tsx";
import { Time } from "../../design/time.tsx";
import { ActionButton } from "../../shell/access.tsx";
import styles from "./host-form.module.css";
import { parseTags } from "./tag-text.ts";
import { parseLife, TOKEN_LIFE_DEFAULT } from "./token-life.ts";

/** Makes a token, and shows once the command by which a host joins with it. */
export function JoinHostDialog({ onClose }: { onClose: () => void }) {
  const create = useChange("Sluice", "CreateEnrolmentToken");
  const formId = useId();
  const [tagLines, setTagLines] = useState("");
  const [uses, setUses] = useState("1");
  const [life, setLife] = useState(TOKEN_LIFE_DEFAULT);
  const [problem, setProblem] = useState<string>();
  const parsedLife = parseLife(life);
  const usesProblem = /^[1-9]\d*$/.test(uses.trim()) ? undefined : "It is a whole number, 1 or more.";

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const parsed = parseTags(tagLines);
    if ("problem" in parsed) return setProblem(parsed.problem);
    if (usesProblem !== undefined || parsedLife === undefined) return;
    create.mutate({ tags: parsed.tags, uses: Number(uses), expiresInSeconds: parsedLife });
  };

  if (create.data) return <JoinCommand {...create.data} uses={Number(uses)} onClose={onClose} />;
  return (
    <Dialog
      title="Join a host"
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <ActionButton
            action="sluice:CreateEnrolmentToken"
            variant="primary"
            type="submit"
            form={formId}
            isPending={create.isPending}
          >
            Create token
          </ActionButton>
        </>
      }
    >
      <p>A host joins with a token. It gets the token's tags, by which deployment groups find it.</p>
      <form id={formId} className={styles.form} onSubmit={submit}>
        <TextArea
          label="Tags"
          description="KEY=VALUE, one a line."
          placeholder={"App=checkout\nEnv=production"}
          rows={3}
          isMono
          autoFocus
          value={tagLines}
          onChange={(value) => {
            setTagLines(value);
            setProblem(undefined);
          }}
          error={problem}
        />
        <div className={styles.pair}>
          <TextField
            label="Hosts"
            description="How many can join with it."
            inputMode="numeric"
            value={uses}
            onChange={setUses}
            error={usesProblem}
            isRequired
          />
          <TextField
            label="Valid for"
            description="Such as 1h or 7d."
            value={life}
            onChange={setLife}
            error={parsedLife === undefined ? "Write a number and m, h or d, at most 365d." : undefined}
            isRequired
          />
        </div>
      </form>
      {create.error && <ErrorNote error={create.error} title="There is no token." />}
    </Dialog>
  );
}

interface JoinCommandProps {
  readonly token: string;
  readonly expiresAt: Date;
  readonly joinServer?: string | undefined;
  readonly joinPin?: string | undefined;
  readonly uses: number;
  readonly onClose: () => void;
}

function JoinCommand({ token, expiresAt, joinServer, joinPin, uses, onClose }: JoinCommandProps) {
  const server = joinServer ?? location.origin;
  return (
    <Dialog
      title={uses === 1 ? "Run this on the host" : `Run this on up to ${uses} hosts`}
      size="large"
      isOpen
      onClose={onClose}
      actions={
        <Button variant="primary" onPress={onClose}>
          Done
        </Button>
      }
    >
      <Note tone="warning" title="The token is shown this once.">
        <p>
          Whoever has it can join a host until <Time at={expiresAt} look="date" />. It can be revoked on this page.
        </p>
      </Note>
      <CommandBlock command={joinCommand({ server, pin: joinPin }, token)} />
      {isLoopbackUrl(server) && (
        <p>{server} is this machine alone. For hosts elsewhere, start the server with --listen 0.0.0.0:7450 as well.</p>
      )}
      <p>
        It installs the agent from this server, and needs root and curl. The host appears in the list as soon as it has
        joined. To remove the agent again: <code>sudo sluice agent uninstall</code>.
      </p>
    </Dialog>
  );
}
