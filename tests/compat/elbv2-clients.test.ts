import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  DeleteLoadBalancerCommand,
  DeleteTargetGroupCommand,
  DescribeTargetHealthCommand,
  DuplicateListenerException,
  ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
  RegisterTargetsCommand,
  TargetGroupNotFoundException,
  waitUntilTargetInService,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { freePort } from "../../scripts/free-port.ts";
import { closeWithHaproxy } from "../haproxy/close-with-haproxy.fixture.ts";
import { whyNoHaproxy } from "../haproxy/haproxy-process.fixture.ts";
import { hasAwsCli, hasBoto3 } from "../installation/installed-programs.fixture.ts";
import { runProgram, type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { RawCaller } from "./raw-caller.fixture.ts";

/** Load balancers that plain AWS tools define, and a HAProxy that serves them. */
const missing = whyNoHaproxy();
const QUICK_CHECKS = {
  HealthCheckPath: "/health",
  HealthCheckIntervalSeconds: 1,
  HealthCheckTimeoutSeconds: 1,
  HealthyThresholdCount: 2,
};

describe("clients of Elastic Load Balancing v2", () => {
  if (missing !== null) {
    it.skip(missing, () => {});
    return;
  }

  let folder: string;
  let server: SluiceServer;
  let web: Server;
  let webPort: number;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "sluice-elbv2-"));
    const config = join(folder, "sluice.yml");
    writeFileSync(
      config,
      'bindings:\n  - { match: "*", port: weighted-router, driver: haproxy, settings: { awsOnly: ignore, localTargets: allow } }\n  - { match: "*", port: function-alias, driver: functions, settings: { isolation: none } }\n',
    );
    web = createServer((request, response) => {
      response.end(request.url === "/health" ? "well" : "from the web service");
    });
    await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
    webPort = (web.address() as AddressInfo).port;
    server = await startSluiceServer({ args: ["--config", config] });
  });
  afterAll(async () => {
    await closeWithHaproxy(server);
    web.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const sdk = () => {
    const { url, accessKeyId, secretAccessKey } = new RawCaller(server);
    return new ElasticLoadBalancingV2Client({
      endpoint: url.origin,
      region: "us-east-1",
      credentials: { accessKeyId, secretAccessKey },
    });
  };
  const answerAt = async (port: number, path = "/") => {
    // Of its own connection: one that is kept gets one more answer of the process that a reload has replaced.
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: "close" } });
    return `${answer.status} ${await answer.text()}`;
  };

  it("the SDK for JavaScript makes what answers requests, and meets typed errors", async () => {
    const client = sdk();
    const port = await freePort();
    const { LoadBalancers } = await client.send(new CreateLoadBalancerCommand({ Name: "sdk" }));
    const LoadBalancerArn = LoadBalancers?.[0]?.LoadBalancerArn ?? "";
    expect(LoadBalancers?.[0]).toMatchObject({
      DNSName: "127.0.0.1",
      State: { Code: "active" },
      CreatedTime: expect.any(Date),
    });
    const made = await client.send(
      new CreateTargetGroupCommand({ Name: "sdk", Protocol: "HTTP", Port: webPort, TargetType: "ip", ...QUICK_CHECKS }),
    );
    const TargetGroupArn = made.TargetGroups?.[0]?.TargetGroupArn ?? "";
    const listen = { LoadBalancerArn, Protocol: "HTTP" as const, Port: port };
    const DefaultActions = [{ Type: "forward" as const, TargetGroupArn }];
    const { Listeners } = await client.send(new CreateListenerCommand({ ...listen, DefaultActions }));
    // Nobody is there yet: it is served all the same.
    expect(await answerAt(port)).toMatch(/^503 /);
    await client.send(new RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: "127.0.0.1" }] }));
    const waited = await waitUntilTargetInService(
      { client, maxWaitTime: 110, minDelay: 1, maxDelay: 1 },
      { TargetGroupArn },
    );
    expect(waited.state).toBe("SUCCESS");
    await vi.waitFor(async () => expect(await answerAt(port)).toBe("200 from the web service"), { timeout: 60_000 });
    await client.send(
      new ModifyListenerCommand({
        ListenerArn: Listeners?.[0]?.ListenerArn,
        DefaultActions: [
          { Type: "fixed-response", FixedResponseConfig: { StatusCode: "503", MessageBody: "we'll be back" } },
        ],
      }),
    );
    expect(await answerAt(port)).toBe("503 we'll be back");
    await expect(client.send(new CreateListenerCommand({ ...listen, DefaultActions }))).rejects.toThrow(
      DuplicateListenerException,
    );
    await client.send(new DeleteLoadBalancerCommand({ LoadBalancerArn }));
    await vi.waitFor(() => expect(answerAt(port)).rejects.toThrow("fetch failed"), { timeout: 60_000 });
    await client.send(new DeleteTargetGroupCommand({ TargetGroupArn }));
    await expect(client.send(new DescribeTargetHealthCommand({ TargetGroupArn }))).rejects.toThrow(
      TargetGroupNotFoundException,
    );
  });

  it("the SDK for JavaScript makes a target group of a function, which has neither protocol nor port", async () => {
    const client = sdk();
    const { TargetGroups } = await client.send(new CreateTargetGroupCommand({ Name: "pay", TargetType: "lambda" }));
    const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn ?? "";
    expect(TargetGroups?.[0]).toMatchObject({ TargetType: "lambda", HealthCheckEnabled: false });
    expect(TargetGroups?.[0]).not.toHaveProperty("Protocol");
    expect(TargetGroups?.[0]).not.toHaveProperty("Port");
    const account = TargetGroupArn.split(":")[4];
    const Targets = [{ Id: `arn:aws:lambda:us-east-1:${account}:function:payments:live` }];
    await expect(client.send(new RegisterTargetsCommand({ TargetGroupArn, Targets }))).rejects.toMatchObject({
      name: "InvalidTargetException",
      message: expect.stringMatching(/payments:live' does not exist/),
    });
    await client.send(new DeleteTargetGroupCommand({ TargetGroupArn }));
  });

  it("names who has the port of a listener that cannot be served, and keeps nothing of it", async () => {
    const client = sdk();
    const { LoadBalancers } = await client.send(new CreateLoadBalancerCommand({ Name: "taken" }));
    const LoadBalancerArn = LoadBalancers?.[0]?.LoadBalancerArn ?? "";
    const create = new CreateListenerCommand({
      LoadBalancerArn,
      Protocol: "HTTP",
      Port: webPort,
      DefaultActions: [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "200" } }],
    });
    for (const _ of [1, 2]) {
      await expect(client.send(create)).rejects.toMatchObject({
        name: "InvalidConfigurationRequestException",
        message: expect.stringMatching(new RegExp(`port ${webPort} is taken by .*${process.pid}.*Nothing was changed`)),
      });
    }
    await client.send(new DeleteLoadBalancerCommand({ LoadBalancerArn }));
  });

  it("boto3 and its waiters", async (context) => {
    context.skip(!hasBoto3(), "python3 has no boto3: pip install boto3");
    const script = join(import.meta.dirname, "elbv2-boto3.py");
    const args = [script, String(await freePort()), String(webPort)];
    const { stdout, stderr, exitCode } = await runProgram("python3", args, await server.environment());
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(JSON.parse(stdout)).toEqual({
      state: "active",
      zones: ["subnet-a", "subnet-b"],
      weights: [90, 10],
      tags: [{ Key: "team", Value: "a&b <c>" }],
      condition: [{ Field: "query-string", QueryStringConfig: { Values: [{ Key: "v", Value: "2" }] } }],
      pages: [["boto-blue"], ["boto-green"]],
      "same port": "DuplicateListener",
      "in use": "ResourceInUse",
      priority: "PriorityInUse",
      "no such group": "TargetGroupNotFound",
      "not served": "InvalidAction",
      refused: "ValidationError",
      left: [[], []],
    });
  });

  it("the AWS CLI, as the tutorial for ECS uses it", async (context) => {
    context.skip(!hasAwsCli(), "there is no AWS CLI");
    const port = await freePort();
    const elbv2 = async (...args: readonly string[]) => {
      const text = await server.aws("elbv2", ...args);
      return text.trim() === "" ? {} : JSON.parse(text);
    };
    const balancers = await elbv2(
      "create-load-balancer",
      "--name",
      "bluegreen-alb",
      "--subnets",
      "subnet-abcd1234",
      "subnet-abcd5678",
      "--security-groups",
      "sg-abcd1234",
    );
    const balancer: string = balancers.LoadBalancers[0].LoadBalancerArn;
    const groups = await elbv2(
      "create-target-group",
      "--name",
      "bluegreentarget1",
      "--protocol",
      "HTTP",
      "--port",
      String(webPort),
      "--target-type",
      "ip",
      "--vpc-id",
      "vpc-abcd1234",
      "--health-check-interval-seconds",
      "5",
    );
    const group: string = groups.TargetGroups[0].TargetGroupArn;
    const listeners = await elbv2(
      "create-listener",
      "--load-balancer-arn",
      balancer,
      "--protocol",
      "HTTP",
      "--port",
      String(port),
      "--default-actions",
      `Type=forward,TargetGroupArn=${group}`,
    );
    await elbv2("register-targets", "--target-group-arn", group, "--targets", "Id=127.0.0.1");
    await elbv2("wait", "target-in-service", "--target-group-arn", group);
    expect(await answerAt(port)).toBe("200 from the web service");
    expect(listeners.Listeners[0]).toMatchObject({ Port: port, Protocol: "HTTP" });
    await elbv2("delete-load-balancer", "--load-balancer-arn", balancer);
    await elbv2("wait", "load-balancers-deleted", "--load-balancer-arns", balancer);
    await elbv2("delete-target-group", "--target-group-arn", group);
  });
});
