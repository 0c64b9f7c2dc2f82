import type { DeploymentActionView } from "@sluice/wire/sluice/console-api.ts";
import { useEffect, useRef } from "react";
import { registerCommands } from "../../../shell/commands.ts";
import { actionLook } from "./action-looks.ts";
import { sentence } from "./sentence.ts";

/** What can be done to the deployment of this page, in the palette. Each opens its dialog, as its button does. */
export function useActionCommands(
  deploymentId: string,
  actions: readonly DeploymentActionView[],
  onChoose: (action: string) => void,
): void {
  const latest = useRef({ actions, onChoose });
  latest.current = { actions, onChoose };
  useEffect(
    () =>
      registerCommands((text) => {
        const words = text.toLowerCase();
        return latest.current.actions
          .map(({ action, consequence }) => ({
            id: `${deploymentId} ${action}`,
            title: `${actionLook(action).label} ${deploymentId}`,
            subtitle: sentence(consequence),
            icon: actionLook(action).icon,
            section: "This deployment",
            run: () => latest.current.onChoose(action),
          }))
          .filter(({ title }) => title.toLowerCase().includes(words));
      }),
    [deploymentId],
  );
}
