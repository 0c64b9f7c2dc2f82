import { hostEvent, hostTarget } from "@sluice/engine/target.fixture.ts";
import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import { describe, expect, it } from "vitest";
import { DEPLOYMENT_ROLLBACK } from "../store/columns/deployment-columns.ts";
import { sampleMessage } from "./sample-message.ts";
import { deploymentEventTypes, instanceEventType, mayNotify } from "./trigger-events.ts";
import { deploymentMessage, instanceMessage } from "./trigger-message.ts";

const SCOPE = { region: "us-west-1", accountId: "111222333444" };
const facts = {
  deployment_id: "d-75I7MBT7C",
  application_name: "ProductionApp",
  deployment_group_name: "dep-group-def-456",
  created_at: 1_446_744_188_595,
  completed_at: 1_446_744_190_402,
  error_code: "IAM_ROLE_MISSING",
  error_message: "IAM Role is missing for deployment group: dep-group-def-456",
  rollback_json: null,
};

describe("a deployment's message", () => {
  it("has the members that AWS documents, in their order, with numbers as text", () => {
    const { subject, body } = deploymentMessage(
      SCOPE,
      "on-failure",
      "DeploymentFailure",
      facts,
      new Map([["Failed", 10]]),
    );
    expect(subject).toBe("FAILED: AWS CodeDeploy d-75I7MBT7C in us-west-1 to ProductionApp");
    expect(body).toBe(
      JSON.stringify({
        region: "us-west-1",
        accountId: "111222333444",
        eventTriggerName: "on-failure",
        applicationName: "ProductionApp",
        deploymentId: "d-75I7MBT7C",
        deploymentGroupName: "dep-group-def-456",
        createTime: "1446744188.595",
        completeTime: "1446744190.402",
        deploymentOverview: { Failed: "10", InProgress: "0", Pending: "0", Skipped: "0", Succeeded: "0" },
        status: "Failed",
        errorInformation: {
          ErrorCode: "IAM_ROLE_MISSING",
          ErrorMessage: "IAM Role is missing for deployment group: dep-group-def-456",
        },
      }),
    );
  });

  it("of one that is ready counts its hosts, those that are ready too, and has no end yet", () => {
    const counts = new Map([
      ["Ready", 2],
      ["Pending", 2],
    ]);
    const { subject, body } = deploymentMessage(
      SCOPE,
      "t",
      "DeploymentReady",
      { ...facts, completed_at: null },
      counts,
    );
    expect(subject).toMatch(/^READY: /);
    expect(JSON.parse(body)).toMatchObject({
      status: "Ready",
      completeTime: null,
      deploymentOverview: { Ready: "2", Pending: "2", Succeeded: "0" },
    });
    expect(JSON.parse(body)).not.toHaveProperty("errorInformation");
  });

  it("says before its end nothing of the rollback that came after it", () => {
    const rolledBack = {
      ...facts,
      rollback_json: DEPLOYMENT_ROLLBACK.write({ rollbackDeploymentId: "d-LATER", rollbackMessage: "m" }),
    };
    const start = deploymentMessage(SCOPE, "t", "DeploymentStart", rolledBack, new Map());
    expect(start.subject + start.body).not.toContain("d-LATER");
    const failure = deploymentMessage(SCOPE, "t", "DeploymentFailure", rolledBack, new Map());
    expect(failure.subject).toContain("(rolled back by d-LATER)");
  });
});

describe("a host's message", () => {
  const event = (name: LifecycleEventName, startedAt: number | null, endedAt: number | null) =>
    hostEvent(name, { status: endedAt === null ? "InProgress" : "Succeeded", startedAt, endedAt });
  const target = hostTarget("i-496589f7", {
    hostName: "web-1",
    status: "Succeeded",
    updatedAt: 5_000,
    lifecycleEvents: [
      event("BeforeInstall", 1_000, 2_000),
      event("Install", 3_000, 4_000),
      event("AfterInstall", 4_500, 5_000),
    ],
  });

  it("has the members that AWS documents, in their order", () => {
    const { subject, body } = instanceMessage(
      SCOPE,
      "t",
      "InstanceSuccess",
      "d-1",
      { target, instanceArn: null },
      5_000,
    );
    expect(subject).toBe("SUCCEEDED: AWS CodeDeploy d-1 in us-west-1 to web-1 (i-496589f7)");
    expect(body).toContain(
      '"deploymentId":"d-1","instanceId":"arn:aws:ec2:us-west-1:111222333444:instance/i-496589f7","lastUpdatedAt":"5.000","instanceStatus":"Succeeded","lifecycleEvents":[{"LifecycleEvent":"BeforeInstall","LifecycleEventStatus":"Succeeded","StartTime":"1.000","EndTime":"2.000"}',
    );
  });

  it("shows the host as it was at the event, not as it is by now", () => {
    const { body } = instanceMessage(SCOPE, "t", "InstanceReady", "d-1", { target, instanceArn: null }, 3_500);
    expect(JSON.parse(body).lifecycleEvents).toEqual([
      { LifecycleEvent: "BeforeInstall", LifecycleEventStatus: "Succeeded", StartTime: "1.000", EndTime: "2.000" },
      { LifecycleEvent: "Install", LifecycleEventStatus: "InProgress", StartTime: "3.000" },
      { LifecycleEvent: "AfterInstall", LifecycleEventStatus: "Pending" },
    ]);
  });

  it("names an on-premises host by the ARN that it registered under", () => {
    const onPremises = { ...target, kind: "on-premises" as const };
    const instanceArn = "arn:aws:codedeploy:us-west-1:111222333444:instance/web-1_abcdefghij";
    const { body } = instanceMessage(SCOPE, "t", "InstanceSuccess", "d-1", { target: onPremises, instanceArn }, 5_000);
    expect(JSON.parse(body).instanceId).toBe(instanceArn);
  });
});

describe("the stream's events", () => {
  const event = (type: string, sequence = 7) => ({ eventId: 1, deploymentId: "d-1", sequence, at: 0, type, body: {} });

  it.each([
    ["deploymentStarted", "DeploymentStart"],
    ["readyWaitStarted", "DeploymentReady"],
    ["deploymentSucceeded", "DeploymentSuccess"],
    ["deploymentFailed", "DeploymentFailure"],
    ["deploymentStopped", "DeploymentStop"],
  ])("%s is %s", (type, expected) => {
    expect(mayNotify(event(type))).toBe(true);
    expect(deploymentEventTypes(event(type), "user")).toEqual([expected]);
  });

  it.each([
    ["commandOffered", "InstanceStart"],
    ["targetReady", "InstanceReady"],
    ["targetSucceeded", "InstanceSuccess"],
    ["targetFailed", "InstanceFailure"],
  ])("%s is %s", (type, expected) => {
    expect(mayNotify(event(type))).toBe(true);
    expect(instanceEventType(event(type))).toBe(expected);
  });

  it("announce a rollback with its first one, whatever that is", () => {
    expect(deploymentEventTypes(event("deploymentFailed", 1), "codeDeployRollback")).toEqual([
      "DeploymentRollback",
      "DeploymentFailure",
    ]);
    expect(deploymentEventTypes(event("statusMessageAdded", 1), "codeDeployRollback")).toEqual(["DeploymentRollback"]);
    expect(deploymentEventTypes(event("statusMessageAdded", 1), "user")).toEqual([]);
    expect(deploymentEventTypes(event("deploymentStarted", 2), "codeDeployRollback")).toEqual(["DeploymentStart"]);
  });

  it("of other kinds mean nothing to triggers", () => {
    expect(mayNotify(event("heartbeatMissed"))).toBe(false);
    expect(mayNotify(event("toString"))).toBe(false);
  });
});

it("marks a test in its subject and in its body", () => {
  const of = { applicationName: "web", groupName: "prod" };
  for (const type of ["DeploymentFailure", "InstanceReady"] as const) {
    const { subject, body } = sampleMessage(SCOPE, "t", type, of, 1_000);
    expect(subject).toMatch(/^TEST, nothing happened: /);
    expect(JSON.parse(body)).toMatchObject({ sluiceTest: "true", sluiceTestOf: type, deploymentId: "d-TEST" });
  }
});
