import type { TriggerEventType } from "@aws-sdk/client-codedeploy";
import { requireApplicationName, requireDeploymentGroupName } from "@sluice/model/input-checks/required-names.ts";
import type { TestTriggersInput, TestTriggersOutput, TriggerTest } from "@sluice/wire/sluice/sluice-api.ts";
import { triggersOf } from "../../notifications/event-pump.ts";
import { sampleMessage } from "../../notifications/sample-message.ts";
import { GROUP_FIELDS } from "../../store/columns/group-columns.ts";
import { requireApplication, requireDeploymentGroup } from "../codedeploy/checks/known-resources.ts";
import type { Operation } from "../operation.ts";
import type { SluiceContext } from "./sluice-context.ts";

/** One test message; the caller waits for all of them. */
const TEST_TIMEOUT_MILLISECONDS = 15_000;

interface TestedTrigger {
  readonly triggerName: string;
  readonly triggerTargetArn: string;
  readonly eventType: TriggerEventType;
}

/** Sends one message, marked as a test, of each event type of each of the group's triggers: once, at once, and in no order. */
export const testTriggers: Operation<TestTriggersInput, TestTriggersOutput, SluiceContext> = async (input, context) => {
  const applicationName = requireApplicationName(input.applicationName);
  const groupName = requireDeploymentGroupName(input.deploymentGroupName);
  const application = await requireApplication(context.store.db, applicationName);
  const group = await requireDeploymentGroup(context.store.db, application, groupName);
  const tested = triggersOf(GROUP_FIELDS.read(group)).flatMap(
    ({ triggerName = "", triggerTargetArn = "", triggerEvents = [] }) =>
      triggerEvents.map((eventType): TestedTrigger => ({ triggerName, triggerTargetArn, eventType })),
  );
  return {
    tests: await Promise.all(tested.map((one) => test(one, { applicationName, groupName }, context))),
  };
};

async function test(
  tested: TestedTrigger,
  of: { readonly applicationName: string; readonly groupName: string },
  context: SluiceContext,
): Promise<TriggerTest> {
  const { triggerName, triggerTargetArn: target, eventType } = tested;
  const message = sampleMessage(context, triggerName, eventType, of, context.now());
  const notification = { notificationId: `test-${context.randomUuid()}`, eventType, triggerName, target, ...message };
  const timeout = AbortSignal.timeout(TEST_TIMEOUT_MILLISECONDS);
  try {
    const signal = AbortSignal.any([context.signal, timeout]);
    const outcome = await context.notifications.notifier.deliver(notification, signal);
    if (outcome.outcome === "delivered") return { ...tested, delivered: true };
    return { ...tested, delivered: false, reason: outcome.reason };
  } catch (error) {
    if (!timeout.aborted) throw error;
    return { ...tested, delivered: false, reason: `no answer within ${TEST_TIMEOUT_MILLISECONDS} ms` };
  }
}
