import type { ComputePlatform } from "@sluice/model/deployment-config.ts";
import { MAX_HOOK_TIMEOUT_SECONDS, MIN_HOOK_TIMEOUT_SECONDS } from "@sluice/model/limits.ts";
import { Checkbox } from "../../design/checkbox.tsx";
import { FormPart } from "../../forms/form-page.tsx";
import { NumberText } from "../../forms/number-text.tsx";
import type { GroupFormHandle } from "./group-form-handle.ts";
import { isShifting, type SettingsForm } from "./group-form-state.ts";

interface SettingsPartProps {
  readonly handle: GroupFormHandle;
  readonly platform: ComputePlatform;
}

/** What Sluice can do for a group, and CodeDeploy has no field for. */
export function SettingsPart({ handle: { form, change, touch, errorOf }, platform }: SettingsPartProps) {
  const { settings } = form;
  const put = (part: Partial<SettingsForm>) => change({ settings: { ...settings, ...part } });
  return (
    <FormPart title="Settings of Sluice" description="What CodeDeploy has no field for. Its clients do not see them.">
      {platform === "Server" && (
        <Checkbox
          isSelected={settings.deployToLateHosts}
          onChange={(deployToLateHosts) => put({ deployToLateHosts })}
          description="A host that joins the group after its last successful deployment gets that revision by itself."
        >
          Deploy to late hosts
        </Checkbox>
      )}
      {isShifting(platform) && (
        <>
          <NumberText
            label="A hook has to answer within"
            unit="seconds"
            min={MIN_HOOK_TIMEOUT_SECONDS}
            max={MAX_HOOK_TIMEOUT_SECONDS}
            value={settings.hookTimeoutSeconds}
            onChange={(hookTimeoutSeconds) => put({ hookTimeoutSeconds })}
            onBlur={() => touch("hookTimeout")}
            error={errorOf("hookTimeout")}
          />
          <Checkbox
            isSelected={settings.hookMustAnswer}
            onChange={(hookMustAnswer) => put({ hookMustAnswer })}
            description="Otherwise somebody else may still answer for it, until its time is over."
          >
            A hook that returns without an answer fails at once
          </Checkbox>
        </>
      )}
      {platform === "ECS" && (
        <Checkbox
          isSelected={settings.failEarly}
          onChange={(failEarly) => put({ failEarly })}
          description="Otherwise the deployment waits for an hour for them to become healthy."
        >
          Fail as soon as the new tasks keep stopping
        </Checkbox>
      )}
    </FormPart>
  );
}
