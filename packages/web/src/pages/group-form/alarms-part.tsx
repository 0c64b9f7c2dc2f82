import { useOperation } from "../../api/use-operation.ts";
import { Checkbox } from "../../design/checkbox.tsx";
import { CheckboxGroup } from "../../design/checkbox-group.tsx";
import { Note } from "../../design/note.tsx";
import { AlarmStates } from "../../forms/alarm-states.tsx";
import { FormPart } from "../../forms/form-page.tsx";
import { Problem } from "../../forms/problem.tsx";
import { ROLLBACK_OPTIONS } from "../../forms/rollback-options.ts";
import { TextListField } from "../../forms/text-list-field.tsx";
import { useServiceLimits } from "../../forms/use-service-limits.ts";
import type { GroupFormHandle } from "./group-form-handle.ts";
import type { AlarmsForm } from "./group-form-state.ts";

/** What stops a deployment, and what takes it back. */
export function AlarmsPart({ handle: { form, change, touch, errorOf } }: { handle: GroupFormHandle }) {
  const { alarms, rollbackEvents } = form;
  const { alarmsPerGroup } = useServiceLimits();
  const { data } = useOperation("Sluice", "ListShiftResources", {}, { live: { changed: ["services"] } });
  const put = (part: Partial<AlarmsForm>) => change({ alarms: { ...alarms, ...part } });
  const named = alarms.names.filter((name) => name !== "");
  return (
    <FormPart title="Rollback and alarms">
      <CheckboxGroup
        label="Roll back by itself"
        description="The last revision that succeeded is deployed again."
        options={ROLLBACK_OPTIONS}
        value={rollbackEvents}
        onChange={(events) => change({ rollbackEvents: events })}
        error={errorOf("rollback")}
      />
      <TextListField
        label="Alarms"
        description="A deployment is stopped when one of them fires, and does not start while one does."
        noun="alarm"
        texts={alarms.names}
        // Whoever adds the first means it to be watched.
        onChange={(names) => put({ names, ...(alarms.names.length === 0 && { isEnabled: true }) })}
        onBlur={() => touch("alarms")}
        options={(data?.bindings ?? [])
          .filter(({ port, match }) => port === "alarm-reader" && !match.includes("*"))
          .map(({ match, driver }) => ({ id: match, title: match, description: driver }))}
        max={alarmsPerGroup}
      />
      {(alarms.names.length > 0 || alarms.isEnabled) && (
        <>
          <Checkbox isSelected={alarms.isEnabled} onChange={(isEnabled) => put({ isEnabled })}>
            Watch them
          </Checkbox>
          <Checkbox
            isSelected={alarms.ignoresPollFailure}
            onChange={(ignoresPollFailure) => put({ ignoresPollFailure })}
            description="Otherwise a deployment is stopped when the state of an alarm cannot be read."
          >
            Go on when an alarm cannot be read
          </Checkbox>
        </>
      )}
      <Problem text={errorOf("alarms")} />
      {named.length > 0 && alarms.isEnabled && (
        <AlarmStates names={named} ignoresPollFailure={alarms.ignoresPollFailure} />
      )}
      {rollbackEvents.includes("DEPLOYMENT_STOP_ON_ALARM") && (named.length === 0 || !alarms.isEnabled) && (
        <Note tone="warning" title="No alarm is watched">
          The group rolls back when an alarm fires, and names none.
        </Note>
      )}
    </FormPart>
  );
}
