import type { DeploymentActionView, DescribeDeploymentOutput } from "@sluice/wire/sluice/console-api.ts";
import { useState } from "react";
import { Button } from "../../../design/button.tsx";
import { Menu } from "../../../design/menu.tsx";
import { useAccess } from "../../../shell/access.tsx";
import { ActionDialog } from "./action-dialog.tsx";
import { actionLook } from "./action-looks.ts";
import { RollBackDialog } from "./roll-back-dialog.tsx";
import { sentence } from "./sentence.ts";
import { useActionCommands } from "./use-action-commands.ts";

export const ACT = "sluice:ActOnDeployment";

/** What a person can do now stands as buttons; what cannot be done now is behind the last one, with why. */
export function DeploymentActions({ described }: { described: DescribeDeploymentOutput }) {
  const { actions, deployment } = described;
  const { refusal } = useAccess();
  const [chosen, setChosen] = useState<string>();
  const refused = refusal(ACT);
  const possible = actions.filter(({ unavailable }) => unavailable === undefined);
  const impossible = actions.filter(({ unavailable }) => unavailable !== undefined);
  const view = actions.find(({ action }) => action === chosen);
  const close = () => setChosen(undefined);
  useActionCommands(deployment.deploymentId, refused === undefined ? possible : [], setChosen);
  return (
    <>
      {impossible.length > 0 && (
        <Menu
          label="Other actions"
          trigger={
            <Button variant="quiet" icon="more" aria-label="Other actions, and why not now">
              {""}
            </Button>
          }
          actions={impossible.map(({ action, unavailable }) => ({
            id: action,
            title: actionLook(action).label,
            icon: actionLook(action).icon,
            unavailable: sentence(unavailable ?? ""),
            onSelect: () => {},
          }))}
        />
      )}
      {inOrder(possible).map(({ action }) => {
        const { label, icon, variant } = actionLook(action);
        return (
          <Button key={action} icon={icon} variant={variant} unavailable={refused} onPress={() => setChosen(action)}>
            {label}
            {action === "roll-back" || action.startsWith("stop") ? " …" : ""}
          </Button>
        );
      })}
      {view?.action === "roll-back" ? (
        <RollBackDialog described={described} view={view} onClose={close} />
      ) : (
        view && <ActionDialog described={described} view={view} onClose={close} />
      )}
    </>
  );
}

const PLACES = [
  "pause",
  "skip-wait",
  "finish",
  "next",
  "roll-back",
  "stop",
  "stop-and-roll-back",
  "resume",
  "continue",
];

/** The most likely last, where the eye ends. */
function inOrder(actions: readonly DeploymentActionView[]): readonly DeploymentActionView[] {
  return actions.toSorted((one, other) => PLACES.indexOf(one.action) - PLACES.indexOf(other.action));
}
