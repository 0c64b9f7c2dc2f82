import type { RoutedHost, TrafficRouter } from "@sluice/engine/ports/traffic-router.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type Answer,
  type AnsweringServer,
  type Question,
  queryAnswer,
  queryRefusal,
  startAnsweringServer,
} from "../aws/answering-server.fixture.ts";
import { elbv2Router } from "./elbv2-router.ts";

/** The shapes of ELBv2's answers, with the states and reason codes that moto never shows. */
const ARN = "arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/shop/0123456789abcdef";
const HOST: RoutedHost = { hostId: "i-0123456789abcdef0", hostName: "web-1", address: "10.0.0.7", groups: ["shop"] };
const NOT_REGISTERED = health("unused", "Target.NotRegistered", "Target is not registered to the target group");
const DRAINING = health("draining", "Target.DeregistrationInProgress", "Target deregistration is in progress");
const HEALTHY = health("healthy");
const SECRET = "0123456789abcdefghijABCDEFGHIJ0123456789";
const never = new AbortController().signal;
const DONE = { outcome: "done" };

let aws: AnsweringServer;
let router: TrafficRouter;
/** What DescribeTargetHealth says of HOST on port 8080, and after a change. */
let now: string;
let afterwards: string;
/** What the group lists beside it. */
let listed: string[];

function health(state: string, reason?: string, description?: string): string {
  const because = reason ? `<Reason>${reason}</Reason><Description>${description}</Description>` : "";
  return `<TargetHealth><State>${state}</State>${because}</TargetHealth>`;
}

function member(id: string, port: number, ofHealth: string): string {
  return `<member><Target><Id>${id}</Id><Port>${port}</Port></Target>${ofHealth}</member>`;
}

function answer({ form }: Question): Answer {
  const action = form.get("Action") ?? "";
  switch (action) {
    case "DescribeTargetGroups":
      return queryAnswer(
        action,
        `<TargetGroups><member><TargetGroupArn>${ARN}</TargetGroupArn><TargetGroupName>shop</TargetGroupName><Port>8080</Port><TargetType>instance</TargetType></member></TargetGroups>`,
      );
    case "DescribeTargetHealth": {
      const id = form.get("Targets.member.1.Id");
      const members = id === null ? listed : [member(id, Number(form.get("Targets.member.1.Port")), now)];
      return queryAnswer(action, `<TargetHealthDescriptions>${members.join("")}</TargetHealthDescriptions>`);
    }
    default:
      now = afterwards;
      return queryAnswer(action, "");
  }
}

const actions = () => aws.questions.map(({ form }) => form.get("Action"));
const settings = () => ({
  endpoint: aws.url,
  region: "eu-central-1",
  accessKeyId: "AKIATESTTESTTESTTEST",
  secretAccessKey: SECRET,
  sessionToken: "the-session-token",
});

beforeEach(async () => {
  aws = await startAnsweringServer();
  aws.answer = answer;
  router = elbv2Router.create(settings(), {});
  listed = [];
});
afterEach(() => aws.close());

describe("block", () => {
  it("deregisters, waits while the target drains, and is done when the balancer knows it no more", async () => {
    now = HEALTHY;
    afterwards = DRAINING;
    const waiting = { outcome: "pending", retryAfterMilliseconds: expect.any(Number) };
    const detail = expect.stringContaining("target group shop: draining, Target.DeregistrationInProgress");
    const ifLeft = expect.stringContaining("The target stays deregistered");
    expect(await router.block(HOST, never)).toEqual({ ...waiting, detail, ifLeft });
    expect(await router.block(HOST, never)).toEqual({ ...waiting, detail, ifLeft });
    expect(actions().filter((action) => action === "DeregisterTargets")).toHaveLength(1);
    now = NOT_REGISTERED;
    expect(await router.block(HOST, never)).toEqual(DONE);
  });

  it.each([
    ["unhealthy", health("unhealthy", "Target.Timeout", "Request timed out")],
    ["unhealthy.draining", health("unhealthy.draining", "Target.FailedHealthChecks", "Health checks failed")],
    ["initial", health("initial", "Elb.InitialHealthChecking", "Initial health checks in progress")],
    ["unused", health("unused", "Target.NotInUse", "Target group is not used")],
    ["unavailable", health("unavailable", "Elb.InternalError", "Internal error")],
  ])("deregisters a target that is registered and %s", async (_, state) => {
    now = state;
    afterwards = NOT_REGISTERED;
    expect(await router.block(HOST, never)).toEqual(DONE);
    expect(actions()).toContain("DeregisterTargets");
  });

  it("does not take a host for blocked that serves on another port, and says what to set", async () => {
    now = NOT_REGISTERED;
    listed = [member("i-0ffffffffffffffff", 8081, HEALTHY), member(HOST.hostId, 9090, HEALTHY)];
    expect(await router.block(HOST, never)).toEqual({
      outcome: "failed",
      reason: expect.stringContaining("is registered on port 9090, and not on 8080: set targetPort: 9090"),
    });
    expect(actions()).not.toContain("DeregisterTargets");
    listed = [member(HOST.hostId, 9090, DRAINING)];
    expect(await router.block(HOST, never)).toMatchObject({ outcome: "pending" });
  });
});

describe("allow", () => {
  it.each([
    ["is not registered", NOT_REGISTERED],
    ["still drains", DRAINING],
  ])("registers a target that %s, once, and is done when it is healthy", async (_, state) => {
    now = state;
    afterwards = health("initial", "Elb.RegistrationInProgress", "Target registration is in progress");
    expect(await router.allow(HOST, never)).toMatchObject({ outcome: "pending" });
    now = health("unhealthy", "Target.ResponseCodeMismatch", "Health checks failed with these codes: [502]");
    expect(await router.allow(HOST, never)).toMatchObject({
      outcome: "pending",
      detail: "target group shop: unhealthy, Target.ResponseCodeMismatch: Health checks failed with these codes: [502]",
    });
    now = HEALTHY;
    expect(await router.allow(HOST, never)).toEqual(DONE);
    expect(actions().filter((action) => action === "RegisterTargets")).toHaveLength(1);
  });

  it.each(["Target.NotInUse", "Target.InvalidState", "Target.IpUnusable"])("fails with %s", async (reason) => {
    now = NOT_REGISTERED;
    afterwards = health("unused", reason, "the balancer's words");
    expect(await router.allow(HOST, never)).toEqual({
      outcome: "failed",
      reason: `target group shop: unused, ${reason}: the balancer's words`,
    });
  });

  it("fails where health is not checked, rather than believe that the host serves", async () => {
    now = NOT_REGISTERED;
    afterwards = health("unavailable", "Target.HealthCheckDisabled", "Health checks are disabled");
    expect(await router.allow(HOST, never)).toMatchObject({ outcome: "failed" });
  });
});

describe("observe", () => {
  it.each([
    ["serving", HEALTHY],
    ["draining", DRAINING],
    ["blocked", NOT_REGISTERED],
    ["unhealthy", health("unhealthy", "Target.Timeout", "Request timed out")],
    ["unhealthy", health("unused", "Target.NotInUse", "not used")],
  ])("says %s, and changes nothing", async (state, ofHealth) => {
    now = ofHealth;
    expect(await router.observe(HOST, never)).toMatchObject([{ group: "shop", state }]);
    expect(new Set(actions())).toEqual(new Set(["DescribeTargetGroups", "DescribeTargetHealth"]));
  });
});

describe("an answer that says no", () => {
  it("fails with the address, the balancer's words and the cure, and shows no secret", async () => {
    aws.answer = () => queryRefusal(403, "AccessDenied", "User is not authorized");
    const outcome = await router.allow(HOST, never);
    expect(outcome).toMatchObject({ outcome: "failed" });
    expect(JSON.stringify(outcome)).toContain(aws.url);
    expect(JSON.stringify(outcome)).toContain("AccessDenied: User is not authorized");
    expect(JSON.stringify(outcome)).toContain(
      "Allow the binding's access key elasticloadbalancing:DescribeTargetGroups",
    );
  });

  it("leaves out the canonical request that AWS quotes, in which the session token stands", async () => {
    const words = `The request signature does not match ${SECRET}.\n\nx-amz-security-token:the-session-token`;
    aws.answer = () => queryRefusal(403, "SignatureDoesNotMatch", words);
    const text = JSON.stringify(await router.block(HOST, never));
    expect(text).toContain("Correct accessKeyId, secretAccessKey");
    expect(text).not.toMatch(new RegExp(`${SECRET}|the-session-token`));
  });
});

describe("no usable answer", () => {
  it.each([
    ["that is busy", queryRefusal(400, "Throttling", "Rate exceeded")],
    ["that breaks", queryRefusal(503, "ServiceUnavailable", "broken")],
  ])("of a balancer %s is a rejection after a few attempts", async (_, said) => {
    aws.answer = () => said;
    await expect(router.block(HOST, never)).rejects.toThrow(`${aws.url} could not serve elasticloadbalancing:`);
    expect(aws.questions).toHaveLength(3);
  });

  it("of a balancer that is not there is a rejection with its address", async () => {
    await aws.close();
    await expect(router.block(HOST, never)).rejects.toThrow(
      /127\.0\.0\.1:\d+ did not give a valid answer .*ECONNREFUSED/,
    );
    aws = await startAnsweringServer();
  });

  it("ends at once when it is told to stop", async () => {
    aws.answer = () => "hang";
    const stop = new AbortController();
    const blocked = router.block(HOST, stop.signal);
    blocked.catch(() => undefined);
    while (aws.questions.length === 0) await new Promise((resolve) => setImmediate(resolve));
    stop.abort(new Error("the deployment was stopped"));
    await expect(blocked).rejects.toThrow("the deployment was stopped");
  });
});
