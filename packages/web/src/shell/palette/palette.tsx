import { Dialog } from "../../design/dialog.tsx";
import { isPaletteOpen } from "../commands.ts";

/** Finds whatever the sources of commands know. */
export function Palette() {
  return (
    <Dialog title="Search" isOpen onClose={() => isPaletteOpen.set(false)}>
      <p>There is nothing to search yet.</p>
    </Dialog>
  );
}
