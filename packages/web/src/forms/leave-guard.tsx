import { useBlocker } from "@tanstack/react-router";
import { type ReactNode, useRef } from "react";
import { Button } from "../design/button.tsx";
import { Dialog } from "../design/dialog.tsx";

interface LeaveGuard {
  /** Somewhere on the page. */
  readonly guard: ReactNode;
  /** What was typed is saved: whatever comes next loses nothing. */
  readonly release: () => void;
}

/** Asks before what was typed is lost: by a link, by the browser's own buttons, by closing the window. */
export function useLeaveGuard(isDirty: boolean): LeaveGuard {
  const isReleased = useRef(false);
  const isHeld = () => isDirty && !isReleased.current;
  const blocker = useBlocker({
    // A change of search parameters leaves nothing.
    shouldBlockFn: ({ current, next }) => isHeld() && current.pathname !== next.pathname,
    enableBeforeUnload: isHeld,
    withResolver: true,
  });
  return {
    release: () => {
      isReleased.current = true;
    },
    guard: (
      <Dialog
        title="Leave without saving?"
        size="small"
        isOpen={blocker.status === "blocked"}
        onClose={() => blocker.reset?.()}
        actions={
          <>
            <Button onPress={() => blocker.reset?.()}>Stay</Button>
            <Button variant="danger" onPress={() => blocker.proceed?.()}>
              Leave
            </Button>
          </>
        }
      >
        <p>What you have typed here is not saved, and is lost when you leave.</p>
      </Dialog>
    ),
  };
}
