import { CreateTopicCommand, SNSClient } from "@aws-sdk/client-sns";
import { snsNotifier } from "@sluice/drivers/sns/sns-notifier.ts";
import type { Notification } from "@sluice/engine/ports/notifier.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type MotoServer, startMoto, whyNoMoto } from "./moto-server.fixture.ts";

const never = new AbortController().signal;
const whyNot = whyNoMoto();
/** What moto keeps of a message: id, text, subject, attributes, group and de-duplication. */
type KeptMessage = readonly [string, string, string, Readonly<Record<string, { Value: string }>> | null, ...unknown[]];

describe("the notifier sns, against moto", () => {
  let moto: MotoServer;
  let sns: SNSClient;
  let topic: string;

  beforeEach((context) => context.skip(whyNot !== null, whyNot ?? ""));

  beforeAll(async () => {
    if (whyNot !== null) return;
    moto = await startMoto();
    const { accessKeyId, secretAccessKey, ...where } = moto.settings;
    sns = new SNSClient({ ...where, credentials: { accessKeyId, secretAccessKey } });
    topic = await createTopic("deployments");
  }, 60_000);
  afterAll(async () => {
    sns?.destroy();
    await moto?.stop();
  });

  async function createTopic(Name: string, Attributes: Record<string, string> = {}): Promise<string> {
    return (await sns.send(new CreateTopicCommand({ Name, Attributes }))).TopicArn!;
  }

  function notificationTo(target: string, notificationId = "n-1"): Notification {
    return {
      notificationId,
      eventType: "DeploymentFailure",
      triggerName: "ops: all failures",
      target,
      subject: "FAILED: AWS CodeDeploy d-A1B2C3D4E in eu-central-1 to MyWebApp",
      body: '{"status":"Failed","errorInformation":{"ErrorCode":"HEALTH_CONSTRAINTS","ErrorMessage":"zu viele Fehler: ü"}}',
    };
  }

  /** As the topic has them, which the API itself does not show. */
  async function messagesOf(topicArn: string): Promise<KeptMessage[]> {
    const answer = await fetch(`${moto.url}/moto-api/data.json`);
    const data = (await answer.json()) as { sns?: { Topic?: { arn: string; sent_notifications?: unknown }[] } };
    const found = data.sns?.Topic?.find(({ arn }) => arn === topicArn);
    return (found?.sent_notifications ?? []) as KeptMessage[];
  }

  it("has the topic given the message to the letter, with subject and id", async () => {
    expect(
      await snsNotifier.create({ ...moto.settings, form: "documented" }, {}).deliver(notificationTo(topic), never),
    ).toEqual({
      outcome: "delivered",
    });
    const kept = await messagesOf(topic);
    expect(kept).toHaveLength(1);
    const [message] = kept;
    expect(JSON.stringify(message)).toContain("n-1");
    expect(message).toContain(notificationTo(topic).body);
    expect(message).toContain(notificationTo(topic).subject);
  });

  it("publishes to a FIFO topic too, which asks for a group and an id", async () => {
    const fifo = await createTopic("ordered.fifo", { FifoTopic: "true" });
    const notifier = snsNotifier.create({ ...moto.settings, form: "documented" }, {});
    expect(await notifier.deliver(notificationTo(fifo), never)).toEqual({ outcome: "delivered" });
    expect(await messagesOf(fifo)).toHaveLength(1);
  });

  it("says of a topic that there is not that it is refused, with its name", async () => {
    const outcome = await snsNotifier
      .create({ ...moto.settings, form: "documented" }, {})
      .deliver(notificationTo(`${topic}-not`), never);
    expect(outcome).toMatchObject({ outcome: "refused", reason: expect.stringContaining("sns:Publish") });
    expect(JSON.stringify(outcome)).not.toContain(moto.settings.secretAccessKey);
  });
});
