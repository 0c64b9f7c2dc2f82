import { CallerFault } from "../caller-fault.ts";
import { ENUMS } from "../codedeploy-enums.ts";
import type { AlarmFields, RollbackFields, TriggerFields } from "../deployment-group-fields.ts";
import { excerpt } from "../excerpt.ts";
import { isOneOf } from "../is-one-of.ts";
import { MAX_ALARM_NAME_CHARACTERS } from "../limits.ts";
import { raisedBy, type ServiceLimits } from "../service-limits.ts";

const TOPIC_ARN = /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:\S+$/;

/** What a group wants to be told and stopped by: triggers, alarms, automatic rollback. */
export function checkTriggers(
  triggers: readonly TriggerFields[] | undefined,
  { triggersPerGroup }: ServiceLimits,
): void {
  if (!triggers) return;
  if (triggers.length > triggersPerGroup) {
    throw new CallerFault(
      "TriggerTargetsLimitExceededException",
      `triggerConfigurations holds ${triggers.length} triggers: at most ${triggersPerGroup} are allowed. Leave some out, or ${raisedBy("triggersPerGroup")}.`,
    );
  }
  const names = new Set<string>();
  for (const [index, { triggerName, triggerTargetArn, triggerEvents }] of triggers.entries()) {
    const field = `triggerConfigurations[${index}]`;
    if (!triggerName) throw invalidTrigger(`${field}.triggerName is missing: name the trigger`);
    if (names.has(triggerName))
      throw invalidTrigger(`the triggerName ${excerpt(triggerName)} is given twice: choose another name for one`);
    names.add(triggerName);
    if (!triggerTargetArn || !TOPIC_ARN.test(triggerTargetArn)) {
      throw invalidTrigger(
        `the Topic ARN "${excerpt(triggerTargetArn)}" of the trigger ${excerpt(triggerName)} is not the ARN of a topic: it looks like arn:aws:sns:REGION:ACCOUNT:TOPIC`,
      );
    }
    if (!triggerEvents?.length) throw invalidTrigger(`${field}.triggerEvents is missing or empty: name the events`);
    const unknown = triggerEvents.find((event) => !isOneOf(ENUMS.TriggerEventType, event));
    if (unknown !== undefined) {
      throw invalidTrigger(`${field} has the event "${excerpt(unknown)}": use ${ENUMS.TriggerEventType.join(", ")}`);
    }
  }
}

/** `field` is the input's member, for the message. */
export function checkAlarms(
  configuration: AlarmFields | undefined,
  { alarmsPerGroup }: ServiceLimits,
  field = "alarmConfiguration",
): void {
  if (!configuration) return;
  const alarms = configuration.alarms ?? [];
  if (configuration.enabled && alarms.length === 0) {
    throw invalidAlarms(`${field} is enabled and names no alarm: name one, or disable it`);
  }
  if (alarms.length > alarmsPerGroup) {
    throw new CallerFault(
      "AlarmsLimitExceededException",
      `${field} holds ${alarms.length} alarms: at most ${alarmsPerGroup} are allowed. Leave some out, or ${raisedBy("alarmsPerGroup")}.`,
    );
  }
  const names = new Set<string>();
  for (const { name } of alarms) {
    if (!name) throw invalidAlarms(`${field} holds an alarm without a name: name it, or leave it out`);
    if (name.length > MAX_ALARM_NAME_CHARACTERS) {
      throw invalidAlarms(
        `an alarm's name has ${name.length} characters: at most ${MAX_ALARM_NAME_CHARACTERS} are allowed`,
      );
    }
    if (names.has(name)) throw invalidAlarms(`${field} names the alarm ${name} twice: leave one out`);
    names.add(name);
  }
}

export function checkAutoRollback(configuration: RollbackFields | undefined): void {
  if (!configuration) return;
  const { enabled, events = [] } = configuration;
  if (enabled && events.length === 0) {
    throw invalidRollback(`it is enabled and names no event: name one, or disable it`);
  }
  const unknown = events.find((event) => !isOneOf(ENUMS.AutoRollbackEvent, event));
  if (unknown !== undefined) {
    throw invalidRollback(`it has the event "${excerpt(unknown)}": use ${ENUMS.AutoRollbackEvent.join(", ")}`);
  }
}

function invalidTrigger(message: string): CallerFault {
  return new CallerFault("InvalidTriggerConfigException", `The trigger configuration is not valid: ${message}.`);
}

function invalidAlarms(message: string): CallerFault {
  return new CallerFault("InvalidAlarmConfigException", `The alarm configuration is not valid: ${message}.`);
}

function invalidRollback(message: string): CallerFault {
  return new CallerFault(
    "InvalidAutoRollbackConfigException",
    `The autoRollbackConfiguration is not valid: ${message}.`,
  );
}
