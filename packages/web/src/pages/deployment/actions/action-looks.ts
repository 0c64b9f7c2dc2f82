import type { ButtonVariant } from "../../../design/button.tsx";
import type { IconName } from "../../../design/icon.tsx";

export interface ActionLook {
  /** On its button and in its dialog's title. */
  readonly label: string;
  /** Of one that was asked for, whatever has come of it. */
  readonly done: string;
  readonly icon: IconName;
  readonly variant: ButtonVariant;
}

const LOOKS: Readonly<Record<string, ActionLook>> = {
  next: { label: "Next step", done: "Next step", icon: "skip", variant: "secondary" },
  finish: { label: "Finish now", done: "Finished", icon: "zap", variant: "secondary" },
  pause: { label: "Pause", done: "Paused", icon: "pause", variant: "secondary" },
  resume: { label: "Resume", done: "Resumed", icon: "play", variant: "primary" },
  continue: { label: "Continue", done: "Continued", icon: "play", variant: "primary" },
  "skip-wait": { label: "End the wait", done: "Wait ended", icon: "skip", variant: "secondary" },
  stop: { label: "Stop", done: "Stop requested", icon: "stop", variant: "secondary" },
  "stop-and-roll-back": {
    label: "Stop and roll back",
    done: "Stop and rollback requested",
    icon: "undo",
    variant: "secondary",
  },
  "roll-back": { label: "Roll back", done: "Rollback requested", icon: "undo", variant: "secondary" },
};

/** How an action of ActOnDeployment is shown; of a later version by its own name. */
export function actionLook(action: string): ActionLook {
  return LOOKS[action] ?? { label: action, done: action, icon: "play", variant: "secondary" };
}
