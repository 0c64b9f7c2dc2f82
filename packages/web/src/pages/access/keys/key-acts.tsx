import type { AccessKeySummary } from "@sluice/wire/sluice/access-api.ts";
import { useState } from "react";
import { useChange } from "../../../api/use-operation.ts";
import { Button } from "../../../design/button.tsx";
import { ConfirmDialog, Dialog } from "../../../design/dialog.tsx";
import { ErrorNote } from "../../../design/error-note.tsx";
import { Note } from "../../../design/note.tsx";
import { Select } from "../../../design/select.tsx";
import { showToast } from "../../../design/toast.tsx";
import { useAccess } from "../../../shell/access.tsx";
import { expiryOf, LIVES, type Life, OVERLAPS } from "./key-life.ts";
import { NewKey } from "./new-key.tsx";

/** What can be done to a key. */
export type KeyAct = "rotate" | "expire" | "disable" | "enable" | "delete";

interface ActProps {
  readonly accessKey: AccessKeySummary;
  readonly onClose: () => void;
}

export function KeyActDialog({ act, ...props }: ActProps & { readonly act: KeyAct }) {
  switch (act) {
    case "rotate":
      return <RotateKey {...props} />;
    case "expire":
      return <ExpireKey {...props} />;
    case "disable":
    case "enable":
      return <ToggleKey {...props} isEnabled={act === "enable"} />;
    case "delete":
      return <DeleteKey {...props} />;
  }
}

function RotateKey({ accessKey: { accessKeyId, userName, hostName }, onClose }: ActProps) {
  const rotate = useChange("Sluice", "RotateAccessKey");
  const [overlap, setOverlap] = useState("86400");
  if (rotate.data) {
    const { accessKey, secretAccessKey } = rotate.data;
    return (
      <NewKey
        title="The new key"
        accessKeyId={accessKey.accessKeyId}
        secretAccessKey={secretAccessKey}
        profile={userName ?? hostName ?? "sluice"}
        note={overlap === "0" ? `${accessKeyId} has ended.` : `${accessKeyId} still works for ${titleOf(overlap)}.`}
        onClose={onClose}
      />
    );
  }
  return (
    <Dialog
      title={`Rotate the key ${accessKeyId}?`}
      size="small"
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            variant="primary"
            isPending={rotate.isPending}
            onPress={() => rotate.mutate({ accessKeyId, keepOldSeconds: Number(overlap) })}
          >
            Rotate key
          </Button>
        </>
      }
    >
      <p>There is a new key with the same rights. Its secret is shown once.</p>
      <Select label="The old key still works for" options={OVERLAPS} value={overlap} onChange={setOverlap} isRequired />
      {overlap === "0" && <OwnKeyNote accessKeyId={accessKeyId} />}
      {rotate.error && <ErrorNote error={rotate.error} title="There is no new key." />}
    </Dialog>
  );
}

function titleOf(overlap: string): string {
  return OVERLAPS.find(({ id }) => id === overlap)?.title ?? `${overlap} s`;
}

function ExpireKey({ accessKey: { accessKeyId }, onClose }: ActProps) {
  const update = useChange("Sluice", "UpdateAccessKey");
  const [life, setLife] = useState<Life>("month");
  return (
    <ConfirmDialog
      title={`How long is ${accessKeyId} good?`}
      isOpen
      onClose={onClose}
      confirmLabel="Change expiry"
      onConfirm={async () => {
        const expiresAt = expiryOf(life, Date.now());
        await update.mutateAsync({ accessKeyId, ...(expiresAt ? { expiresAt } : { neverExpires: true }) });
        showToast({ title: `The expiry of ${accessKeyId} is changed` });
      }}
    >
      <p>When it is over, calls with it are refused and its sessions of this console end.</p>
      <Select
        label="From now on"
        options={LIVES}
        value={life}
        onChange={(id) => setLife(LIVES.find((each) => each.id === id)?.id ?? "never")}
        isRequired
      />
    </ConfirmDialog>
  );
}

function ToggleKey({ accessKey: { accessKeyId }, isEnabled, onClose }: ActProps & { readonly isEnabled: boolean }) {
  const update = useChange("Sluice", "UpdateAccessKey");
  return (
    <ConfirmDialog
      title={`${isEnabled ? "Enable" : "Disable"} the key ${accessKeyId}?`}
      isOpen
      onClose={onClose}
      confirmLabel={isEnabled ? "Enable key" : "Disable key"}
      isDangerous={!isEnabled}
      onConfirm={async () => {
        const status = isEnabled ? "Active" : "Inactive";
        const { endedSessions } = await update.mutateAsync({ accessKeyId, status });
        showToast({
          title: `${accessKeyId} is ${isEnabled ? "enabled" : "disabled"}`,
          description: sessionWords(endedSessions),
        });
      }}
    >
      <p>
        {isEnabled
          ? "Calls with it are answered again, as its rights allow."
          : "Calls with it are refused from now on, and its sessions of this console end. It can be enabled again."}
      </p>
    </ConfirmDialog>
  );
}

function DeleteKey({ accessKey: { accessKeyId, description }, onClose }: ActProps) {
  const remove = useChange("Sluice", "DeleteAccessKey");
  return (
    <ConfirmDialog
      title={`Delete the key ${accessKeyId}?`}
      isOpen
      onClose={onClose}
      confirmLabel="Delete key"
      isDangerous
      onConfirm={async () => {
        const { endedSessions } = await remove.mutateAsync({ accessKeyId });
        showToast({ title: `${accessKeyId} is deleted`, description: sessionWords(endedSessions) });
      }}
    >
      <p>
        Calls with it are refused from now on, and sessions of this console that were begun with it end.
        {description && ` It is described as “${description}”.`}
      </p>
      <OwnKeyNote accessKeyId={accessKeyId} />
    </ConfirmDialog>
  );
}

function OwnKeyNote({ accessKeyId }: { accessKeyId: string }) {
  const { accessKeyId: own } = useAccess();
  return accessKeyId === own ? (
    <Note tone="warning" title="It is the key of this session: you are signed out." />
  ) : null;
}

function sessionWords(ended: number): string | undefined {
  if (ended === 0) return undefined;
  return ended === 1 ? "1 session ended." : `${ended} sessions ended.`;
}
