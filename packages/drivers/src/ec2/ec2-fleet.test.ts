import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AnsweringServer, startAnsweringServer } from "../aws/answering-server.fixture.ts";
import { ec2Fleet } from "./ec2-fleet.ts";

const never = new AbortController().signal;
const prod = { Key: "Environment", Value: "prod" };

let aws: AnsweringServer;

beforeEach(async () => {
  aws = await startAnsweringServer();
});
afterEach(() => aws.close());

const fleet = () =>
  ec2Fleet.create(
    { endpoint: aws.url, region: "eu-central-1", accessKeyId: "AKIATESTTESTTESTTEST", secretAccessKey: "secret" },
    {},
  );

function instance(id: string, state: string, more = ""): string {
  const tag = `<item><key>${prod.Key}</key><value>${prod.Value}</value></item>`;
  return `<item><instanceId>${id}</instanceId><instanceState><name>${state}</name></instanceState><tagSet>${tag}${more}</tagSet></item>`;
}

function page(nextToken: string, ...reservations: string[][]): { status: number; body: string } {
  const sets = reservations.map((instances) => `<item><instancesSet>${instances.join("")}</instancesSet></item>`);
  const body = `<DescribeInstancesResponse><reservationSet>${sets.join("")}</reservationSet><nextToken>${nextToken}</nextToken></DescribeInstancesResponse>`;
  return { status: 200, body };
}

describe("the fleet driver ec2", () => {
  it("reads every page, each host once, and leaves out those that are gone", async () => {
    const name = "<item><key>Name</key><value>web-3</value></item>";
    aws.answer = ({ form }) =>
      form.get("NextToken") === "second"
        ? page("", [instance("i-2", "stopped"), instance("i-3", "running")], [instance("i-5", "shutting-down")])
        : page(
            "second",
            [instance("i-3", "running", name)],
            [instance("i-1", "pending"), instance("i-4", "terminated")],
          );
    const hosts = await fleet().resolveTargets({ ec2TagFilters: [prod] }, never);
    expect(hosts.map(({ hostId, hostName }) => `${hostId} ${hostName}`)).toEqual(["i-1 i-1", "i-2 i-2", "i-3 i-3"]);
    expect(aws.questions).toHaveLength(2);
  });

  it("matches exactly what EC2 gives too much of", async () => {
    aws.answer = () => page("", [instance("i-1", "running")]);
    expect(await fleet().resolveTargets({ ec2TagFilters: [{ Key: "Environment", Value: "PROD" }] }, never)).toEqual([]);
    expect(await fleet().resolveTargets({ ec2TagFilters: [{ Key: "Environ*" }] }, never)).toEqual([]);
  });

  it("asks EC2 for keys where there are keys, and for everything living where only a value is given", async () => {
    aws.answer = () => page("");
    await fleet().resolveTargets({ ec2TagFilters: [prod], ec2TagSet: { ec2TagSetList: [[{ Key: "a\\b" }]] } }, never);
    await fleet().resolveTargets({ ec2TagFilters: [prod, { Value: "x", Type: "VALUE_ONLY" }] }, never);
    const [withKeys, withoutKeys] = aws.questions.map(({ form }) => form);
    expect(withKeys?.get("Filter.1.Name")).toBe("instance-state-name");
    expect(withKeys?.getAll("Filter.1.Value.4")).toEqual(["stopped"]);
    expect(withKeys?.get("Filter.2.Name")).toBe("tag-key");
    expect([withKeys?.get("Filter.2.Value.1"), withKeys?.get("Filter.2.Value.2")]).toEqual(["Environment", "a?b"]);
    expect(withoutKeys?.has("Filter.2.Name")).toBe(false);
  });

  it("rejects, and never gives fewer hosts, when a page cannot be read", async () => {
    aws.answer = ({ form }) =>
      form.has("NextToken")
        ? {
            status: 403,
            body: "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no</Message></Error></Errors></Response>",
          }
        : page("second", [instance("i-1", "running")]);
    await expect(fleet().resolveTargets({ ec2TagFilters: [prod] }, never)).rejects.toThrow(
      "refused ec2:DescribeInstances with UnauthorizedOperation: no. Allow the binding's access key ec2:DescribeInstances",
    );
  });
});

describe("the fleet driver ec2 terminates", () => {
  const refusal = (code: string, status = 400) => ({
    status,
    body: `<Response><Errors><Error><Code>${code}</Code><Message>no</Message></Error></Errors></Response>`,
  });
  const asked = (form: URLSearchParams, prefix: string) =>
    [...form].flatMap(([key, value]) => (key.startsWith(prefix) ? [value] : []));

  it("and says what the parts did that were answered, when another was not", async () => {
    const ids = Array.from({ length: 450 }, (_, index) => `i-${String(index).padStart(3, "0")}`);
    aws.answer = ({ form }) => {
      const part = asked(form, "Filter.1.Value.");
      if (part.includes("i-200")) return refusal("UnauthorizedOperation", 403);
      return page(
        "",
        part.map((id) => instance(id, "running")),
      );
    };
    const answer = await fleet().terminate(ids, never);
    expect(answer.terminated).toEqual([...ids.slice(0, 200), ...ids.slice(400)]);
    expect(answer.unanswered.map(({ hostId }) => hostId)).toEqual(ids.slice(200, 400));
    expect(answer.unanswered[0]?.reason).toContain("UnauthorizedOperation");
    expect([answer.kept, answer.unknown]).toEqual([[], []]);
  });

  it("and says what became of each, also of a protected one's neighbours", async () => {
    aws.answer = ({ form }) => {
      if (form.get("Action") === "DescribeInstances") {
        return page("", [instance("i-1", "running"), instance("i-2", "running"), instance("i-3", "running")]);
      }
      const ids = asked(form, "InstanceId.");
      if (ids.includes("i-2")) return refusal("OperationNotPermitted");
      return ids.includes("i-3") ? refusal("ServiceBroken", 503) : page("");
    };
    expect(await fleet().terminate(["i-1", "i-2", "i-3", "i-4"], never)).toEqual({
      terminated: ["i-1"],
      kept: [
        { hostId: "i-2", reason: expect.stringContaining("OperationNotPermitted") },
        { hostId: "i-4", reason: "EC2 has no instance i-4 in eu-central-1" },
      ],
      unanswered: [{ hostId: "i-3", reason: expect.stringContaining("ServiceBroken") }],
      unknown: ["i-4"],
    });
  });
});
