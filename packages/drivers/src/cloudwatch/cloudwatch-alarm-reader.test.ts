import { afterEach, beforeEach, expect, it } from "vitest";
import { type AnsweringServer, startAnsweringServer } from "../aws/answering-server.fixture.ts";
import { cloudWatchAlarmReader } from "./cloudwatch-alarm-reader.ts";

const never = new AbortController().signal;

let aws: AnsweringServer;

beforeEach(async () => {
  aws = await startAnsweringServer();
});
afterEach(() => aws.close());

const reader = () =>
  cloudWatchAlarmReader.create(
    { endpoint: aws.url, region: "eu-central-1", accessKeyId: "AKIATESTTESTTESTTEST", secretAccessKey: "secret" },
    {},
  );

function answerWith(
  pages: (asked: { AlarmNames: string[]; AlarmTypes: string[]; NextToken?: string }) => object,
): void {
  aws.answer = ({ body }) => ({
    status: 200,
    headers: { "content-type": "application/x-amz-json-1.0" },
    body: JSON.stringify(pages(JSON.parse(body))),
  });
}

it("reads every page, and both kinds of alarm", async () => {
  const metric = { AlarmName: "errors", StateValue: "OK", StateReason: "below", StateUpdatedTimestamp: 1_000 };
  const composite = { AlarmName: "all", StateValue: "ALARM", StateReason: "errors", StateUpdatedTimestamp: 3_000 };
  answerWith(({ NextToken }) =>
    NextToken === "second"
      ? { CompositeAlarms: [{ ...composite, StateTransitionedTimestamp: 2_000 }] }
      : { MetricAlarms: [metric], NextToken: "second" },
  );
  expect(await reader().read(["all", "errors"], never)).toEqual([
    { name: "all", state: "alarm", since: 2_000_000, detail: "errors" },
    { name: "errors", state: "ok", since: 1_000_000, detail: "below" },
  ]);
});

it("asks for a hundred names at once, each once, and for composite alarms too", async () => {
  const asked: number[] = [];
  answerWith(({ AlarmNames, AlarmTypes }) => {
    asked.push(AlarmNames.length);
    expect(AlarmTypes).toContain("CompositeAlarm");
    return { MetricAlarms: AlarmNames.map((AlarmName) => ({ AlarmName, StateValue: "OK" })) };
  });
  const names = Array.from({ length: 201 }, (_, index) => `alarm-${index}`);
  const readings = await reader().read([...names, "alarm-0"], never);
  expect(readings.map(({ name }) => name)).toEqual([...names, "alarm-0"]);
  expect(asked).toEqual([100, 100, 1]);
});

it("takes no state that is new to us for ok", async () => {
  answerWith(() => ({ MetricAlarms: [{ AlarmName: "errors", StateValue: "CONTRIBUTING" }] }));
  expect(await reader().read(["errors"], never)).toMatchObject([{ state: "insufficient-data", since: null }]);
});

it("rejects when it is refused, and never says unknown", async () => {
  aws.answer = () => ({
    status: 403,
    headers: { "content-type": "application/x-amz-json-1.0" },
    body: JSON.stringify({ __type: "AccessDenied", message: "not authorized to perform cloudwatch:DescribeAlarms" }),
  });
  await expect(reader().read(["errors"], never)).rejects.toThrow(
    /refused cloudwatch:DescribeAlarms with AccessDenied.*Allow the binding's access key cloudwatch:DescribeAlarms/,
  );
});
