import { type ReactNode, useState } from "react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { Button } from "./button.tsx";
import { classNames } from "./class-names.ts";
import styles from "./dialog.module.css";
import { ErrorNote } from "./error-note.tsx";
import { TextArea } from "./text-field.tsx";

interface DialogProps {
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly size?: "small" | "medium" | "large";
  /** At the foot, the most important last. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** Over the page; closed by Escape and by a press beside it. */
export function Dialog({ title, isOpen, onClose, size = "medium", actions, children }: DialogProps) {
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => !open && onClose()}
      isDismissable
      className={styles.backdrop ?? ""}
    >
      <Modal className={classNames(styles.modal, styles[size])}>
        <AriaDialog className={styles.dialog ?? ""}>
          <Heading slot="title" className={styles.title ?? ""}>
            {title}
          </Heading>
          <div className={styles.body}>{children}</div>
          {actions && <div className={styles.actions}>{actions}</div>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

const MAX_REASON_CHARACTERS = 1000;

interface ConfirmDialogProps {
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** What it will do, to how many: read before the press. */
  readonly children: ReactNode;
  /** On the button: the verb and what it is about, `Stop deployment`. */
  readonly confirmLabel: string;
  readonly isDangerous?: boolean;
  /** Asks for a reason that is kept with the deployment. */
  readonly asksReason?: boolean;
  /** The dialog closes when it is done, and stays with the error when it fails. */
  readonly onConfirm: (reason: string) => Promise<unknown>;
}

/** Before something that cannot be taken back. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  // What was typed and what went wrong is forgotten with each time that it closes.
  return props.isOpen ? <OpenConfirmDialog {...props} /> : null;
}

function OpenConfirmDialog(props: ConfirmDialogProps) {
  const { title, onClose, children, confirmLabel, isDangerous = false, asksReason = false, onConfirm } = props;
  const [reason, setReason] = useState("");
  const [error, setError] = useState<unknown>();
  const [isPending, setIsPending] = useState(false);
  const isReady = !asksReason || reason.trim() !== "";

  const confirm = async () => {
    if (!isReady || isPending) return;
    setIsPending(true);
    setError(undefined);
    try {
      await onConfirm(reason.trim());
      onClose();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setIsPending(false);
    }
  };

  return (
    <Dialog
      title={title}
      isOpen
      onClose={onClose}
      size="small"
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            variant={isDangerous ? "danger" : "primary"}
            onPress={confirm}
            isPending={isPending}
            unavailable={isReady ? undefined : "Say why first: the reason is kept with the deployment."}
          >
            {confirmLabel}
          </Button>
        </>
      }
    >
      {children}
      {asksReason && (
        <TextArea
          label="Reason"
          description="Kept with the deployment, for everybody who looks at it later."
          value={reason}
          onChange={setReason}
          maxLength={MAX_REASON_CHARACTERS}
          isRequired
          autoFocus
          rows={3}
        />
      )}
      {error !== undefined && <ErrorNote error={error} />}
    </Dialog>
  );
}
