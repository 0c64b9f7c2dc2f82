import type { AutoRollbackConfiguration, AutoRollbackEvent } from "@aws-sdk/client-codedeploy";
import { InvalidArgumentError } from "commander";

const EVENTS: Readonly<Record<string, AutoRollbackEvent>> = {
  failure: "DEPLOYMENT_FAILURE",
  alarm: "DEPLOYMENT_STOP_ON_ALARM",
  stop: "DEPLOYMENT_STOP_ON_REQUEST",
};
const OFF = "off";

export const ROLLBACK_EVENTS_HELP =
  "when to roll back automatically: failure, alarm, stop (several with commas); or off";

/** `failure`, `failure,alarm`, `off`. */
export function parseRollbackEvents(text: string): AutoRollbackConfiguration {
  if (text === OFF) return { enabled: false, events: [] };
  const events = text.split(",").map((word) => {
    const event = EVENTS[word.trim()];
    if (event !== undefined) return event;
    throw new InvalidArgumentError(`"${word}" is not one of ${Object.keys(EVENTS).join(", ")}, ${OFF}`);
  });
  return { enabled: true, events };
}

/** The same in words, for people. */
export function describeRollback(configuration: AutoRollbackConfiguration | undefined): string {
  if (!configuration?.enabled) return OFF;
  const words = Object.entries(EVENTS).filter(([, event]) => configuration.events?.includes(event));
  return words.length === 0 ? OFF : `on ${words.map(([word]) => word).join(", ")}`;
}
