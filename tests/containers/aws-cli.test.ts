import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { whyNoAwsCli } from "../installation/installed-programs.fixture.ts";
import { until } from "../installation/until.fixture.ts";
import { CLUSTER, ContainerShop, ROLE, SERVICE, whyNoContainerShop } from "./container-shop.fixture.ts";

const EXAMPLE = resolve(import.meta.dirname, "../../examples/containers");
const missing = whyNoContainerShop() ?? whyNoAwsCli();
/** `aws ecs deploy` looks every 15 s. */
const TIME_LIMIT_MILLISECONDS = 400_000;

/** What AWS's tutorial for ECS does, in its order and with its options, where files of it name what only AWS has. */
describe("the AWS CLI's tutorial for ECS", { timeout: TIME_LIMIT_MILLISECONDS }, () => {
  if (missing !== null) {
    it.skip(missing, () => {});
    return;
  }
  const undo = new AsyncDisposableStack();
  let shop: ContainerShop;
  let directory: string;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "sluice-tutorial-"));
    undo.defer(() => rmSync(directory, { recursive: true, force: true }));
    shop = await ContainerShop.bare(undo);
  });
  afterAll(() => undo.disposeAsync());

  /** Its output, or the value of `--query` where the words have one. */
  async function aws(words: string, ...more: readonly string[]): Promise<string> {
    return (
      await shop.server.aws(...words.split(" "), ...more, "--output", words.includes("--query") ? "text" : "json")
    ).trim();
  }

  function write(name: string, content: object | string): string {
    const file = join(directory, name);
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
    return file;
  }

  /** The example's task definition with another version, as a file. */
  function taskDefinition(version: string): string {
    const text = readFileSync(join(EXAMPLE, "task-definition.json"), "utf8");
    return write(`task-definition-${version}.json`, text.replace('"value": "1"', `"value": "${version}"`));
  }

  async function weights(deploymentId: string): Promise<Record<string, string>> {
    const query = "deploymentTarget.ecsTarget.taskSetsInfo[].[taskSetLabel,trafficWeight,status,runningCount]";
    const [deployment, target] = [deploymentId, `${CLUSTER}:${SERVICE}`];
    const text = await aws(
      `deploy get-deployment-target --deployment-id ${deployment} --target-id ${target} --query ${query}`,
    );
    const lines = text.split("\n").map((line) => line.split("\t"));
    return Object.fromEntries(lines.map(([label = "", ...values]) => [label, values.join(" ")]));
  }

  it("makes balancer and service", async () => {
    const { arns } = shop;
    arns.balancer = await aws(
      "elbv2 create-load-balancer --name shop --subnets subnet-abcd1234 subnet-abcd5678 --security-groups sg-abcd1234 --query LoadBalancers[0].LoadBalancerArn",
    );
    for (const colour of ["blue", "green"]) {
      arns[colour] = await aws(
        `elbv2 create-target-group --name shop-${colour} --protocol HTTP --port 8080 --target-type ip --vpc-id vpc-abcd1234 --health-check-path /health --health-check-interval-seconds 5 --query TargetGroups[0].TargetGroupArn`,
      );
    }
    for (const [name, port] of Object.entries({ production: shop.productionPort, test: shop.testPort })) {
      arns[name] = await aws(
        `elbv2 create-listener --load-balancer-arn ${arns.balancer} --protocol HTTP --port ${port} --default-actions Type=forward,TargetGroupArn=${arns.blue} --query Listeners[0].ListenerArn`,
      );
    }
    await aws(`elbv2 wait load-balancer-available --load-balancer-arns ${arns.balancer}`);
    await aws(`ecs create-cluster --cluster-name ${CLUSTER}`);
    await aws(`ecs register-task-definition --cli-input-json file://${taskDefinition("1")}`);
    const service = {
      cluster: CLUSTER,
      serviceName: SERVICE,
      taskDefinition: "shop:1",
      loadBalancers: [{ targetGroupArn: arns.blue, containerName: "web", containerPort: 8080 }],
      launchType: "FARGATE",
      schedulingStrategy: "REPLICA",
      platformVersion: "LATEST",
      networkConfiguration: {
        awsvpcConfiguration: {
          assignPublicIp: "ENABLED",
          securityGroups: ["sg-abcd1234"],
          subnets: ["subnet-abcd1234", "subnet-abcd5678"],
        },
      },
      desiredCount: 2,
    };
    await aws(
      `ecs create-service --deployment-controller type=CODE_DEPLOY --cli-input-json file://${write("create-service.json", service)}`,
    );
    await aws(`ecs wait services-stable --cluster ${CLUSTER} --services ${SERVICE}`);
    await until("version 1 answers", () =>
      shop.answer().then(
        (version) => version === "1",
        () => false,
      ),
    );
  });

  it("shifts by a canary that get-deployment-target shows", async () => {
    const { production, test } = shop.arns;
    await aws("deploy create-application --application-name tutorial --compute-platform ECS");
    await aws(
      "deploy create-deployment-config --deployment-config-name canary --compute-platform ECS --traffic-routing-config type=TimeBasedCanary,timeBasedCanary={canaryPercentage=10,canaryInterval=1}",
    );
    const group = {
      applicationName: "tutorial",
      autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE"] },
      blueGreenDeploymentConfiguration: {
        deploymentReadyOption: { actionOnTimeout: "CONTINUE_DEPLOYMENT", waitTimeInMinutes: 0 },
        terminateBlueInstancesOnDeploymentSuccess: { action: "TERMINATE", terminationWaitTimeInMinutes: 0 },
      },
      deploymentConfigName: "canary",
      deploymentGroupName: "tutorial-dg",
      deploymentStyle: { deploymentOption: "WITH_TRAFFIC_CONTROL", deploymentType: "BLUE_GREEN" },
      loadBalancerInfo: {
        targetGroupPairInfoList: [
          {
            targetGroups: [{ name: "shop-blue" }, { name: "shop-green" }],
            prodTrafficRoute: { listenerArns: [production] },
            testTrafficRoute: { listenerArns: [test] },
          },
        ],
      },
      serviceRoleArn: ROLE,
      ecsServices: [{ serviceName: SERVICE, clusterName: CLUSTER }],
    };
    await aws(`deploy create-deployment-group --cli-input-json file://${write("group.json", group)}`);
    const definition = await aws(
      `ecs register-task-definition --cli-input-json file://${taskDefinition("2")} --query taskDefinition.taskDefinitionArn`,
    );
    const appSpec = readFileSync(join(EXAMPLE, "appspec.yml"), "utf8").replace("<TASK_DEFINITION>", definition);
    await aws("s3 mb s3://tutorial");
    await aws(`s3 cp ${write("appspec.yaml", appSpec)} s3://tutorial/appspec.yaml`);
    const deployment = {
      applicationName: "tutorial",
      deploymentGroupName: "tutorial-dg",
      revision: { revisionType: "S3", s3Location: { bucket: "tutorial", key: "appspec.yaml", bundleType: "YAML" } },
    };
    const deploymentId = await aws(
      `deploy create-deployment --cli-input-json file://${write("deployment.json", deployment)} --query deploymentId`,
    );
    await shop.untilWeight(deploymentId, 10);
    await shop.server.sluice("shift", "pause", deploymentId);
    expect(await weights(deploymentId)).toEqual({ Blue: "90 PRIMARY 2", Green: "10 ACTIVE 2" });
    expect(await shop.answer(shop.testPort)).toBe("2");
    await shop.server.sluice("shift", "resume", deploymentId);
    await shop.next(deploymentId);
    await aws(`deploy wait deployment-successful --deployment-id ${deploymentId}`);
    expect((await weights(deploymentId)).Green).toBe("100 PRIMARY 2");
    expect([await shop.answer(), await shop.answer(shop.testPort)]).toEqual(["2", "2"]);
  });

  it("deploys a file by aws ecs deploy", async () => {
    await aws(
      "deploy update-deployment-group --application-name tutorial --current-deployment-group-name tutorial-dg --deployment-config-name CodeDeployDefault.ECSAllAtOnce",
    );
    // Its answer is words, whatever the output is to be.
    const said = await shop.server.aws(
      ...["ecs", "deploy", "--cluster", CLUSTER, "--service", SERVICE, "--task-definition", taskDefinition("3")],
      ...["--codedeploy-appspec", join(EXAMPLE, "appspec.yml")],
      ...["--codedeploy-application", "tutorial", "--codedeploy-deployment-group", "tutorial-dg"],
    );
    expect(said).toMatch(/Successfully registered new ECS task definition arn:aws:ecs:\S+:task-definition\/shop:3/);
    expect(said).toMatch(/Successfully deployed \S+ to service 'web'/);
    expect(await shop.answer()).toBe("3");
  });

  it("clears all of it away", async () => {
    const { arns } = shop;
    await aws("deploy delete-deployment-group --application-name tutorial --deployment-group-name tutorial-dg");
    await aws("deploy delete-application --application-name tutorial");
    await aws(`ecs delete-service --service ${SERVICE} --force --cluster ${CLUSTER}`);
    await aws(`ecs wait services-inactive --cluster ${CLUSTER} --services ${SERVICE}`);
    await aws(`ecs delete-cluster --cluster ${CLUSTER}`);
    await aws(`elbv2 delete-load-balancer --load-balancer-arn ${arns.balancer}`);
    await aws(`elbv2 wait load-balancers-deleted --load-balancer-arns ${arns.balancer}`);
    for (const colour of ["blue", "green"]) await aws(`elbv2 delete-target-group --target-group-arn ${arns[colour]}`);
    const containers = (await shop.engine.ask("GET", "/containers/json")) as readonly unknown[];
    expect(containers).toEqual([]);
    await expect(shop.answer()).rejects.toThrow();
  });
});
