import type { Notifier } from "@sluice/engine/ports/notifier.ts";
import { matchesPattern } from "@sluice/model/name-pattern.ts";
import type { BoundDriver } from "./bound-driver.ts";

export const NOTIFIER_PORT = "notifier";

/** One notifier that sends each notification through the driver that its topic's binding names. Without a binding it is refused. */
export function boundNotifier(bound: readonly BoundDriver<Notifier>[]): Notifier {
  return {
    deliver: async (notification, signal) => {
      signal.throwIfAborted();
      const names = topicNames(notification.target);
      const found = bound.find(({ binding }) => names.some((name) => matchesPattern(binding.match, name)));
      if (found) return found.instance.deliver(notification, signal);
      return { outcome: "refused", reason: unboundTopic(notification.target) };
    },
  };
}

/** What a binding may call a topic: its ARN, or its name. */
export function topicNames(topicArn: string): string[] {
  const name = topicArn.split(":").at(-1) ?? "";
  return name === "" || name === topicArn ? [topicArn] : [topicArn, name];
}

function unboundTopic(topicArn: string): string {
  const name = topicNames(topicArn).at(-1);
  const example = `- { match: ${JSON.stringify(name)}, port: ${NOTIFIER_PORT}, driver: webhook, settings: { url: "https://…", secret: … } }`;
  return (
    `no binding says where messages to ${topicArn} go: add one to the bindings in sluice.yml (driver webhook or sns), such as ${example}, ` +
    "and restart the server with --config sluice.yml"
  );
}
