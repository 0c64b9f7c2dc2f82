import type { DeploymentGroupInfo } from "@aws-sdk/client-codedeploy";
import { MAX_DESCRIPTION_CHARACTERS } from "@sluice/model/limits.ts";
import { Checkbox } from "../../design/checkbox.tsx";
import { CheckboxGroup } from "../../design/checkbox-group.tsx";
import { RadioGroup } from "../../design/radio-group.tsx";
import { TextField } from "../../design/text-field.tsx";
import { ConfigSelect } from "../../forms/config-select.tsx";
import { FormPart } from "../../forms/form-page.tsx";
import { Problem } from "../../forms/problem.tsx";
import { ROLLBACK_OPTIONS } from "../../forms/rollback-options.ts";
import { useConfigs } from "../../forms/use-configs.ts";
import type { DeployTarget } from "./deploy-form-state.ts";
import type { DeployHandle } from "./deploy-handle.ts";

interface OptionsPartProps {
  readonly handle: DeployHandle;
  readonly target: DeployTarget;
  readonly group: DeploymentGroupInfo;
}

/** What holds for this one deployment, beside what the group says. */
export function OptionsPart({ handle, target, group }: OptionsPartProps) {
  const { form, change, touch, errorOf } = handle;
  const configs = useConfigs();
  const rollback = group.autoRollbackConfiguration;
  const alarms = group.alarmConfiguration;
  const watched = alarms?.enabled ? (alarms.alarms ?? []).map(({ name }) => name ?? "") : [];
  return (
    <>
      <FormPart title="This deployment">
        <TextField
          label="Description"
          description="What changes, for everybody who looks at the history."
          value={form.description}
          onChange={(description) => change({ description })}
          onBlur={() => touch("description")}
          error={errorOf("description")}
          maxLength={MAX_DESCRIPTION_CHARACTERS}
        />
        <ConfigSelect
          configs={configs.data ?? []}
          platform={target.platform}
          value={form.deploymentConfigName}
          onChange={(deploymentConfigName) => change({ deploymentConfigName })}
          inherited={group.deploymentConfigName ?? ""}
          error={errorOf("config")}
        />
      </FormPart>
      {target.platform === "Server" && <HostOptions handle={handle} />}
      <FormPart title="If it goes wrong">
        <RadioGroup
          label="Roll back by itself"
          options={[
            {
              id: "group",
              title: "As the group says",
              description: rollbackWords(rollback?.enabled ? rollback.events : []),
            },
            { id: "own", title: "For this deployment:" },
          ]}
          value={form.rollbackEvents === null ? "group" : "own"}
          onChange={(id) =>
            change({ rollbackEvents: id === "group" ? null : rollback?.enabled ? (rollback.events ?? []) : [] })
          }
        />
        {form.rollbackEvents !== null && (
          <CheckboxGroup
            label="Roll back"
            options={ROLLBACK_OPTIONS}
            value={form.rollbackEvents}
            onChange={(rollbackEvents) => change({ rollbackEvents })}
            error={errorOf("rollback")}
          />
        )}
        {watched.length > 0 && (
          <Checkbox
            isSelected={form.ignoresAlarms}
            onChange={(ignoresAlarms) => change({ ignoresAlarms })}
            description={`Otherwise ${watched.join(", ")} would stop it.`}
          >
            Ignore the alarms of the group
          </Checkbox>
        )}
        <Problem text={errorOf("alarms")} />
      </FormPart>
    </>
  );
}

function HostOptions({ handle: { form, change, errorOf } }: { handle: DeployHandle }) {
  return (
    <FormPart title="On the hosts">
      <RadioGroup
        label="A file that is there, and that no earlier deployment installed"
        options={[
          { id: "DISALLOW", title: "Fail", description: "The deployment to that host fails, and the file stays." },
          { id: "OVERWRITE", title: "Overwrite it" },
          { id: "RETAIN", title: "Keep it", description: "The file of the revision is not installed." },
        ]}
        value={form.fileExists}
        onChange={(fileExists) => change({ fileExists })}
        error={errorOf("fileExists")}
      />
      <Checkbox
        isSelected={form.ignoresStopFailures}
        onChange={(ignoresStopFailures) => change({ ignoresStopFailures })}
        description="Go on when the ApplicationStop of the revision that is there fails: its scripts may be the broken ones."
      >
        Ignore failures of ApplicationStop
      </Checkbox>
      <Problem text={errorOf("ignoresStopFailures")} />
      <Checkbox
        isSelected={form.onlyOutdated}
        onChange={(onlyOutdated) => change({ onlyOutdated })}
        description="Hosts whose last deployment in this group succeeded with this revision are left alone."
      >
        Only hosts that do not have this revision
      </Checkbox>
      <Problem text={errorOf("onlyOutdated")} />
    </FormPart>
  );
}

function rollbackWords(events: readonly string[] | undefined): string {
  const words = ROLLBACK_OPTIONS.filter(({ id }) => events?.includes(id)).map(({ title }) => title.toLowerCase());
  return words.length === 0 ? "It does not." : `${words.join(", ").replace(/^w/, "W")}.`;
}
