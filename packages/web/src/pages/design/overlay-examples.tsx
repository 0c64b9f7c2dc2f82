import { useState } from "react";
import { Button, IconButton } from "../../design/button.tsx";
import { ConfirmDialog, Dialog } from "../../design/dialog.tsx";
import { Menu } from "../../design/menu.tsx";
import { Section } from "../../design/section.tsx";
import { Row } from "../../design/stack.tsx";
import { showToast } from "../../design/toast.tsx";
import { Tooltip } from "../../design/tooltip.tsx";

export function OverlayExamples() {
  const [open, setOpen] = useState<"dialog" | "confirm">();
  const close = () => setOpen(undefined);
  return (
    <Section title="Over the page" padded>
      <Row>
        <Button onPress={() => setOpen("dialog")}>Dialog</Button>
        <Button variant="danger" onPress={() => setOpen("confirm")}>
          Stop deployment
        </Button>
        <Button
          onPress={() => showToast({ title: "The deployment is paused", description: "d-4F1KPZ0A2 stays at 10 %." })}
        >
          Toast
        </Button>
        <Menu
          label="More"
          trigger={<IconButton icon="more" label="More" variant="secondary" />}
          actions={[
            { id: "edit", title: "Edit", icon: "edit", onSelect: () => {} },
            {
              id: "compare",
              title: "Compare",
              icon: "compare",
              unavailable: "There is one deployment.",
              onSelect: () => {},
            },
            { id: "delete", title: "Delete", icon: "trash", isDangerous: true, onSelect: () => {} },
          ]}
        />
        <Tooltip text="It says more when the mouse is over it, or the focus in it.">
          <Button variant="quiet">Tooltip</Button>
        </Tooltip>
      </Row>
      <Dialog
        title="Edit tags"
        isOpen={open === "dialog"}
        onClose={close}
        actions={<Button onPress={close}>Done</Button>}
      >
        <p>Escape closes it, and so does a press beside it.</p>
      </Dialog>
      <ConfirmDialog
        title="Stop the deployment?"
        isOpen={open === "confirm"}
        onClose={close}
        confirmLabel="Stop deployment"
        isDangerous
        asksReason
        onConfirm={() => Promise.resolve()}
      >
        <p>12 hosts finish the event that they are at. 64 hosts are not touched. Nothing is rolled back.</p>
      </ConfirmDialog>
    </Section>
  );
}
