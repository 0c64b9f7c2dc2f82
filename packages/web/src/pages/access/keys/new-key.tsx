import { Button } from "../../../design/button.tsx";
import { CommandBlock } from "../../../design/copyable.tsx";
import { Dialog } from "../../../design/dialog.tsx";
import { Note } from "../../../design/note.tsx";
import { useAccount } from "../../../forms/use-account.ts";
import { awsConfigure } from "./aws-configure.ts";

interface NewKeyProps {
  readonly title: string;
  readonly accessKeyId: string;
  /** Here and nowhere else: it is not kept. */
  readonly secretAccessKey: string;
  /** Whose it is: names the profile. */
  readonly profile: string;
  /** What else is to be known. */
  readonly note?: string | undefined;
  readonly onClose: () => void;
}

/** A key with its secret, which is shown once. */
export function NewKey({ title, accessKeyId, secretAccessKey, profile, note, onClose }: NewKeyProps) {
  const account = useAccount();
  return (
    <Dialog
      title={title}
      size="large"
      isOpen
      onClose={onClose}
      actions={
        <Button variant="primary" onPress={onClose}>
          I have saved the secret
        </Button>
      }
    >
      <Note tone="warning" title="The secret is shown this once.">
        <p>The server shows it to nobody again. Who has lost it rotates the key.</p>
      </Note>
      <CommandBlock label="Access key id" noun="access key id" command={accessKeyId} />
      <CommandBlock label="Secret access key" noun="secret access key" command={secretAccessKey} />
      {account && (
        <CommandBlock
          label="As a profile of AWS's tools (they send the calls for every service of it here)"
          command={awsConfigure({
            profile,
            accessKeyId,
            secretAccessKey,
            region: account.region,
            url: location.origin,
          })}
        />
      )}
      {note && <p>{note}</p>}
    </Dialog>
  );
}
