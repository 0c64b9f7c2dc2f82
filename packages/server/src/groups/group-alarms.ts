import type { AlarmConfiguration } from "@aws-sdk/client-codedeploy";
import type { AlarmWatch } from "@sluice/engine/state.ts";

/** Null where the alarm configuration is off. */
export function alarmWatchOf(configuration: AlarmConfiguration | undefined): AlarmWatch | null {
  const names = (configuration?.alarms ?? []).flatMap(({ name }) => (name ? [name] : []));
  if (!configuration?.enabled || names.length === 0) return null;
  return { names, ignoresPollFailure: configuration.ignorePollAlarmFailure ?? false };
}
