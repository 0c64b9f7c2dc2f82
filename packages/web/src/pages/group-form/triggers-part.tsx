import { ENUMS } from "@sluice/model/codedeploy-enums.ts";
import { useOperation } from "../../api/use-operation.ts";
import { Button } from "../../design/button.tsx";
import { CheckboxGroup } from "../../design/checkbox-group.tsx";
import { ComboBox } from "../../design/combo-box.tsx";
import { TextField } from "../../design/text-field.tsx";
import styles from "../../forms/form.module.css";
import { FormPart } from "../../forms/form-page.tsx";
import { Problem } from "../../forms/problem.tsx";
import { type GroupNames, TriggerTests } from "../../forms/trigger-tests.tsx";
import { useRowFocus } from "../../forms/use-row-focus.ts";
import { useServiceLimits } from "../../forms/use-service-limits.ts";
import type { GroupFormHandle } from "./group-form-handle.ts";
import type { TriggerForm } from "./group-form-state.ts";
import own from "./triggers-part.module.css";

const NEW_TRIGGER: TriggerForm = { name: "", topicArn: "", events: ["DeploymentFailure", "DeploymentRollback"] };

/** Whom to tell. */
export function TriggersPart({ handle, names }: { handle: GroupFormHandle; names: GroupNames | undefined }) {
  const { form, change, touch, errorOf } = handle;
  const { triggers } = form;
  const { triggersPerGroup } = useServiceLimits();
  const rows = useRowFocus<HTMLDivElement>(triggers.length);
  const { data } = useOperation("Sluice", "ListShiftResources", {}, { live: { changed: ["services"] } });
  const topics = (data?.bindings ?? [])
    .filter(({ port, match }) => port === "notifier" && !match.includes("*"))
    .map(({ match, driver }) => ({ id: match, title: match, description: driver }));
  const put = (index: number, part: Partial<TriggerForm>) =>
    change({ triggers: triggers.map((trigger, at) => (at === index ? { ...trigger, ...part } : trigger)) });
  return (
    <FormPart
      title="Triggers"
      description="Messages to a topic of SNS, or to whatever a binding in sluice.yml puts in its place: a webhook."
    >
      <div ref={rows} className={styles.part}>
        {triggers.map((trigger, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: they have nothing else that stays the same while one types
          <fieldset key={index} data-row="" className={own.trigger}>
            <legend className={own.legend}>Trigger {index + 1}</legend>
            <div className={styles.columns}>
              <TextField
                label="Name"
                value={trigger.name}
                onChange={(name) => put(index, { name })}
                isRequired
                spellCheck="false"
              />
              <ComboBox
                label="Topic ARN"
                options={topics}
                value={trigger.topicArn}
                onChange={(topicArn) => put(index, { topicArn })}
                onBlur={() => trigger.topicArn !== "" && touch("triggers")}
                placeholder="arn:aws:sns:REGION:ACCOUNT:TOPIC"
                isRequired
                isMono
              />
            </div>
            <CheckboxGroup
              label="Events"
              look="columns"
              options={ENUMS.TriggerEventType.map((id) => ({ id, title: eventWords(id) }))}
              value={trigger.events}
              onChange={(events) => put(index, { events })}
            />
            <div className={styles.more}>
              <Button
                size="small"
                variant="quiet"
                icon="trash"
                onPress={() => change({ triggers: triggers.filter((_, at) => at !== index) })}
              >
                Remove the trigger
              </Button>
            </div>
          </fieldset>
        ))}
        <Problem text={errorOf("triggers")} />
        {triggers.length < triggersPerGroup && (
          <div className={styles.more}>
            <Button size="small" icon="plus" onPress={() => change({ triggers: [...triggers, NEW_TRIGGER] })}>
              Add a trigger
            </Button>
          </div>
        )}
      </div>
      {names && triggers.length > 0 && <TriggerTests names={names} isSaved={!handle.isDirty} />}
    </FormPart>
  );
}

/** `DeploymentFailure` is `Deployment failure`. */
function eventWords(event: string): string {
  return event.replace(/(?<=[a-z])([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
}
