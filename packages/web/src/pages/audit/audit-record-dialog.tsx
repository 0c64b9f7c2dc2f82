import { visibleLine, visibleText } from "@sluice/model/visible-text.ts";
import type { AuditEvent } from "@sluice/wire/sluice/audit-api.ts";
import { Button } from "../../design/button.tsx";
import { CommandBlock } from "../../design/copyable.tsx";
import { Dialog } from "../../design/dialog.tsx";
import { KeyValue } from "../../design/key-value.tsx";
import { Note } from "../../design/note.tsx";
import { Badge } from "../../design/status-badge.tsx";
import { Time } from "../../design/time.tsx";
import { callerWords, outcomeLook, recordText } from "./audit-words.ts";

/** All that is written down of one call. */
export function AuditRecordDialog({ event, onClose }: { event: AuditEvent; onClose: () => void }) {
  const { tone, icon, label } = outcomeLook(event.outcome);
  return (
    <Dialog
      title={visibleLine(event.operation)}
      size="large"
      isOpen
      onClose={onClose}
      actions={
        <Button variant="primary" onPress={onClose}>
          Close
        </Button>
      }
    >
      <KeyValue
        look="grid"
        items={[
          {
            name: "Outcome",
            value: (
              <Badge tone={tone} icon={icon}>
                {label}
              </Badge>
            ),
          },
          { name: "Who", value: callerWords(event.caller) },
          { name: "From", value: visibleLine(event.sourceAddress) },
          { name: "When", value: <Time at={event.at} look="exact" /> },
        ]}
      />
      {event.errorMessage !== undefined && (
        <Note tone={tone} title={visibleLine(event.errorCode ?? label)}>
          <p>{visibleText(event.errorMessage)}</p>
        </Note>
      )}
      <CommandBlock label="The record, in CloudTrail's shape" noun="record" command={recordText(event.record)} />
    </Dialog>
  );
}
