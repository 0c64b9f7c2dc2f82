import type { DeliveryOutcome, Notification, Notifier } from "@sluice/engine/ports/notifier.ts";
import * as v from "valibot";
import { AwsCallError } from "../aws/aws-call-error.ts";
import { awsCaller } from "../aws/aws-caller.ts";
import { AWS_CLIENT_SETTINGS } from "../aws/aws-client-settings.ts";
import type { Driver } from "../driver.ts";
import { inForm, MESSAGE_FORM_SETTING, type MessageForm } from "../notification/message-form.ts";
import { settings } from "../settings-schema.ts";

const SNS_SETTINGS = settings({
  ...AWS_CLIENT_SETTINGS.entries,
  /** `observed` when absent: what receives messages from a topic was written for those that CodeDeploy sends. */
  form: v.optional(MESSAGE_FORM_SETTING),
});

export type SnsSettings = v.InferOutput<typeof SNS_SETTINGS>;

/** What SNS takes. */
const MAX_SUBJECT_CHARACTERS = 100;
const MAX_GROUP_ID_CHARACTERS = 128;
const FIFO_TOPIC = /\.fifo$/;

/** Topics of SNS: the notification's target is the topic's ARN. */
export const snsNotifier: Driver<"notifier", SnsSettings, object, Notifier> = {
  port: "notifier",
  name: "sns",
  configSchema: SNS_SETTINGS,
  create: (settings) => {
    const call = awsCaller(settings, "sns", async (config) => (await import("./sns-client.ts")).openSns(config));
    return {
      deliver: async (notification, signal) => {
        signal.throwIfAborted();
        try {
          await call("Publish", signal, (client, options) =>
            client.publish(publishInput(notification, settings.form), options),
          );
          return { outcome: "delivered" };
        } catch (error) {
          return outcomeOf(error);
        }
      },
    };
  },
};

function publishInput(notification: Notification, form: MessageForm | undefined) {
  const { notificationId, target, triggerName, subject, body } = notification;
  return {
    TopicArn: target,
    Subject: subjectForSns(subject),
    Message: inForm(body, form ?? "observed"),
    // Beside the message, which holds what CodeDeploy says and nothing else.
    MessageAttributes: { notificationId: { DataType: "String", StringValue: notificationId } },
    ...(FIFO_TOPIC.test(target)
      ? { MessageGroupId: groupIdOf(triggerName), MessageDeduplicationId: notificationId }
      : {}),
  };
}

/** SNS refuses a subject that is long, has a line break or is not ASCII. */
function subjectForSns(subject: string): string {
  return subject.replace(/[^\x20-\x7e]/g, "?").slice(0, MAX_SUBJECT_CHARACTERS);
}

/** Letters, digits and punctuation only. */
function groupIdOf(triggerName: string): string {
  return encodeURIComponent(triggerName).slice(0, MAX_GROUP_ID_CHARACTERS);
}

function outcomeOf(error: unknown): DeliveryOutcome {
  if (!(error instanceof AwsCallError)) throw error;
  return { outcome: error.isRefusal ? "refused" : "retry", reason: error.message };
}
