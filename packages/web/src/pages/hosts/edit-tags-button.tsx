import type { HostSummary } from "@sluice/wire/sluice/sluice-api.ts";
import { Dialog, DialogTrigger, Popover } from "react-aria-components";
import { IconButton } from "../../design/button.tsx";
import popover from "../../design/popover.module.css";
import styles from "./edit-tags-button.module.css";
import { TagEditor } from "./tag-editor.tsx";

/** Opens the tags of a host where they stand. */
export function EditTagsButton({ host }: { host: HostSummary }) {
  return (
    <DialogTrigger>
      <IconButton icon="edit" size="small" label={`Edit the tags of ${host.hostName}`} />
      <Popover className={popover.popover ?? ""} placement="bottom end" offset={4}>
        <Dialog aria-label={`Tags of ${host.hostName}`} className={styles.dialog ?? ""}>
          <p className={styles.title}>Tags of {host.hostName}</p>
          <TagEditor host={host} />
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
