import { Button } from "../../design/button.tsx";
import { CommandBlock } from "../../design/copyable.tsx";
import { EmptyState } from "../../design/empty-state.tsx";
import { ErrorNote } from "../../design/error-note.tsx";
import { Note } from "../../design/note.tsx";
import { Card, Section } from "../../design/section.tsx";
import { SkeletonRows } from "../../design/skeleton.tsx";
import { Columns, Stack } from "../../design/stack.tsx";

export function FeedbackExamples() {
  return (
    <Section
      title="What a page says"
      description="An error tells the cure. An empty list tells the next step."
      framed={false}
    >
      <Stack>
        <ErrorNote
          title="The deployment was not created."
          error={Object.assign(
            new Error("The bucket releases has no object web-3.zip. Upload it: sluice push web-3.zip"),
            {
              code: "RevisionDoesNotExistException",
            },
          )}
          actions={<Button size="small">Try again</Button>}
        />
        <Note tone="attention" title="The new hosts are ready." actions={<Button size="small">Continue</Button>}>
          <p>Traffic goes to them when you continue. The deployment stops by itself in 42 min.</p>
        </Note>
        <Note tone="warning" title="2 of the 40 hosts are dark and will fail." />
        <Note title="CodeDeployDefault.OneAtATime is used when nothing else is chosen." />
        <Columns>
          <Card>
            <EmptyState
              icon="server"
              title="No host has joined yet"
              action={<CommandBlock command="sluice join http://127.0.0.1:4566 --token TOKEN" />}
            >
              Make a token, and run the command on the host.
            </EmptyState>
          </Card>
          <Card padded={false}>
            <SkeletonRows />
          </Card>
        </Columns>
      </Stack>
    </Section>
  );
}
