import type { HostSummary } from "@sluice/wire/sluice/sluice-api.ts";
import type { RefObject } from "react";
import { Dialog, Popover } from "react-aria-components";
import popover from "../../design/popover.module.css";
import { TagEditor } from "./tag-editor.tsx";
import styles from "./tag-popover.module.css";

interface TagPopoverProps {
  /** Undefined: it is closed. */
  readonly host: HostSummary | undefined;
  /** The button beside which it opens. */
  readonly button: RefObject<HTMLElement | null>;
  readonly onClose: () => void;
}

/** The tags of a host, to be changed where they stand. One for the whole table. */
export function TagPopover({ host, button, onClose }: TagPopoverProps) {
  return (
    <Popover
      isOpen={host !== undefined}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      triggerRef={button}
      className={popover.popover ?? ""}
      placement="bottom end"
      offset={4}
    >
      {host && (
        <Dialog aria-label={`Tags of ${host.hostName}`} className={styles.dialog ?? ""}>
          <p className={styles.title}>Tags of {host.hostName}</p>
          <TagEditor host={host} />
        </Dialog>
      )}
    </Popover>
  );
}
