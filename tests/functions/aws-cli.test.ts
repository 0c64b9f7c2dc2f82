import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { zipOf } from "@sluice/drivers/function-processes/zipped-code.fixture.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../scripts/free-port.ts";
import { whyNoHaproxy } from "../haproxy/haproxy-process.fixture.ts";
import { hasBoto3, whyNoAwsCli } from "../installation/installed-programs.fixture.ts";
import { runProgram } from "../installation/sluice-server.fixture.ts";
import { until } from "../installation/until.fixture.ts";
import { ALIAS, appSpecOf, CHARGE, FUNCTION_ROLE, FunctionShop, ROLE } from "./function-shop.fixture.ts";
import { chargeOf } from "./function-sources.fixture.ts";

const EXAMPLES = resolve(import.meta.dirname, "../../examples/functions");
const missing = whyNoAwsCli();
const noHaproxy = whyNoHaproxy();
const ALL_AT_ONCE = "--deployment-config-name CodeDeployDefault.LambdaAllAtOnce";

/** A function, its versions and its deployments, as somebody does it who knows AWS. */
describe("the AWS CLI, with functions of this server", () => {
  if (missing !== null) {
    it.skip(missing, () => {});
    return;
  }
  const undo = new AsyncDisposableStack();
  let shop: FunctionShop;
  let directory: string;
  let balancer: string | undefined;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "sluice-functions-cli-"));
    undo.defer(() => rmSync(directory, { recursive: true, force: true }));
    shop = await FunctionShop.bare(undo, { settings: hasBoto3() ? await pythonOfBoto3() : {} });
  });
  afterAll(() => undo.disposeAsync());

  /** Its output, or the value of `--query` where the words have one. */
  async function aws(words: string, ...more: readonly string[]): Promise<string> {
    const output = words.includes("--query") ? "text" : "json";
    return (await shop.server.aws(...words.split(" "), ...more, "--output", output)).trim();
  }

  function write(name: string, content: string | Uint8Array): string {
    const file = join(directory, name);
    writeFileSync(file, content);
    return file;
  }

  /** Of the alias. */
  async function invoke(...more: readonly string[]): Promise<{ readonly said: object; readonly answer: string }> {
    const [event, out] = [write("event.json", '{"amount": 5}'), join(directory, "out.json")];
    const words = `lambda invoke --function-name ${CHARGE} --qualifier ${ALIAS} --payload fileb://${event}`;
    const said = JSON.parse(await aws(words, ...more, out));
    return { said, answer: readFileSync(out, "utf8") };
  }

  /** @returns the deployment's id */
  async function deploy(revision: object, options = ALL_AT_ONCE): Promise<string> {
    const file = write("revision.json", JSON.stringify(revision));
    return aws(
      `deploy create-deployment --application-name shop --deployment-group-name live ${options} --revision file://${file} --query deploymentId`,
    );
  }

  it("creates a function from a bucket, publishes and invokes it", async () => {
    await aws("s3 mb s3://code");
    await aws(`s3 cp ${write("charge.zip", zipOf(chargeOf("one")))} s3://code/charge.zip`);
    const configuration = `--runtime nodejs24.x --handler index.handler --role ${FUNCTION_ROLE} --timeout 60 --memory-size 256`;
    await aws(
      `lambda create-function --function-name ${CHARGE} ${configuration} --code S3Bucket=code,S3Key=charge.zip`,
    );
    await aws(`lambda wait function-active-v2 --function-name ${CHARGE}`);
    expect(await aws(`lambda publish-version --function-name ${CHARGE} --query Version`)).toBe("1");
    await aws(`lambda create-alias --function-name ${CHARGE} --name ${ALIAS} --function-version 1`);
    const { said, answer } = await invoke("--log-type", "Tail");
    expect(said).toMatchObject({ StatusCode: 200, ExecutedVersion: "1" });
    const { LogResult } = said as { readonly LogResult: string };
    expect(Buffer.from(LogResult, "base64").toString()).toMatch(
      /^START RequestId: \S+ Version: 1\n[\s\S]*\nREPORT RequestId/,
    );
    expect(JSON.parse(answer)).toEqual({ statusCode: 200, body: "1" });
    expect((await invoke("--invocation-type", "Event")).said).toMatchObject({ StatusCode: 202 });
    expect((await invoke("--invocation-type", "DryRun")).said).toMatchObject({ StatusCode: 204 });
  });

  it("publishes another version from a zip", async () => {
    const zip = write("charge-2.zip", zipOf(chargeOf("two")));
    await aws(`lambda update-function-code --function-name ${CHARGE} --zip-file fileb://${zip}`);
    await aws(`lambda wait function-updated-v2 --function-name ${CHARGE}`);
    expect(await aws(`lambda publish-version --function-name ${CHARGE} --query Version`)).toBe("2");
    expect((await invoke()).said).toMatchObject({ ExecutedVersion: "1" });
  });

  it("creates hooks in JavaScript and Python", async () => {
    const create = async (name: string, runtime: string, file: string) => {
      const zip = write(`${name}.zip`, zipOf({ [file]: readFileSync(join(EXAMPLES, file), "utf8") }));
      const configuration = `--runtime ${runtime} --handler hook.handler --role ${FUNCTION_ROLE} --timeout 60 --memory-size 256`;
      await aws(
        `lambda create-function --function-name ${name} ${configuration} --zip-file fileb://${zip} --environment Variables={CHECKED_FUNCTION=${CHARGE}}`,
      );
      await aws(`lambda wait function-active-v2 --function-name ${name}`);
    };
    await create("CodeDeployHook_js", "nodejs24.x", "hook.mjs");
    if (hasBoto3()) await create("CodeDeployHook_py", "python3.11", "hook.py");
  });

  it("deploys an AppSpec file in a bucket by a canary, between hooks", async () => {
    await aws("deploy create-application --application-name shop --compute-platform Lambda");
    await aws(
      "deploy create-deployment-config --deployment-config-name canary --compute-platform Lambda --traffic-routing-config type=TimeBasedCanary,timeBasedCanary={canaryPercentage=10,canaryInterval=60}",
    );
    await aws(
      `deploy create-deployment-group --application-name shop --deployment-group-name live --service-role-arn ${ROLE} --deployment-config-name canary --deployment-style deploymentType=BLUE_GREEN,deploymentOption=WITH_TRAFFIC_CONTROL`,
    );
    const hooks = {
      BeforeAllowTraffic: "CodeDeployHook_js",
      AfterAllowTraffic: hasBoto3() ? "CodeDeployHook_py" : "CodeDeployHook_js",
    };
    const appSpec = write("appspec.yaml", JSON.stringify(appSpecOf({ from: "1", to: "2", hooks })));
    await aws(`s3 cp ${appSpec} s3://code/appspec.yaml`);
    const s3Location = { bucket: "code", key: "appspec.yaml", bundleType: "YAML" };
    const deploymentId = await deploy({ revisionType: "S3", s3Location }, "--description canary");
    await shop.untilWeight(deploymentId, 10);
    expect(await aws(`lambda get-alias --function-name ${CHARGE} --name ${ALIAS} --query RoutingConfig`)).toContain(
      "0.1",
    );
    const query = "deploymentTarget.lambdaTarget.lambdaFunctionInfo.[currentVersion,targetVersion,targetVersionWeight]";
    const shown = await aws(
      `deploy get-deployment-target --deployment-id ${deploymentId} --target-id ${CHARGE} --query ${query}`,
    );
    expect(shown.split("\t")).toEqual(["1", "2", "0.1"]);
    await shop.next(deploymentId);
    await aws(`deploy wait deployment-successful --deployment-id ${deploymentId}`);
    expect((await invoke()).said).toMatchObject({ ExecutedVersion: "2" });
    const { lifecycleEvents = [] } = await shop.target(deploymentId);
    expect(lifecycleEvents.map(({ status }) => status)).toEqual(["Succeeded", "Succeeded", "Succeeded"]);
    expect(await shop.server.sluice("logs", "--function", hooks.AfterAllowTraffic)).toContain(`${CHARGE}: Succeeded`);
  });

  it("deploys an AppSpec in the call, with the current version or without it", async () => {
    const back = { content: JSON.stringify(appSpecOf({ from: "2", to: "1" })) };
    await aws(
      `deploy wait deployment-successful --deployment-id ${await deploy({ revisionType: "String", string: back })}`,
    );
    expect((await invoke()).said).toMatchObject({ ExecutedVersion: "1" });
    const appSpecContent = { content: JSON.stringify(appSpecOf({ to: "2" })) };
    const again = await deploy({ revisionType: "AppSpecContent", appSpecContent });
    await aws(`deploy wait deployment-successful --deployment-id ${again}`);
    expect((await invoke()).said).toMatchObject({ ExecutedVersion: "2" });
  });

  it("puts the alias behind a listener", async (context) => {
    if (noHaproxy !== null) return context.skip(noHaproxy);
    const group = await aws(
      "elbv2 create-target-group --name charge --target-type lambda --query TargetGroups[0].TargetGroupArn",
    );
    await aws(
      `lambda add-permission --function-name ${CHARGE} --qualifier ${ALIAS} --statement-id balancer --action lambda:InvokeFunction --principal elasticloadbalancing.amazonaws.com --source-arn ${group}`,
    );
    const alias = await aws(`lambda get-alias --function-name ${CHARGE} --name ${ALIAS} --query AliasArn`);
    await aws(`elbv2 register-targets --target-group-arn ${group} --targets Id=${alias}`);
    balancer = await aws(
      "elbv2 create-load-balancer --name shop --subnets subnet-abcd1234 --query LoadBalancers[0].LoadBalancerArn",
    );
    const port = await freePort();
    await aws(
      `elbv2 create-listener --load-balancer-arn ${balancer} --protocol HTTP --port ${port} --default-actions Type=forward,TargetGroupArn=${group}`,
    );
    const answer = await until("an answer", async () => {
      const response = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
      return response?.status === 200 && response.text();
    });
    expect(answer).toBe("2");
  });

  it("clears all of it away", async () => {
    if (balancer) await aws(`elbv2 delete-load-balancer --load-balancer-arn ${balancer}`);
    await aws(`lambda delete-alias --function-name ${CHARGE} --name ${ALIAS}`);
    await aws(`lambda delete-function --function-name ${CHARGE}`);
    await expect(invoke()).rejects.toThrow(/ResourceNotFoundException.*charge/);
  });
});

/** The settings by which functions see the Python that has boto3, which may be in a person's home. */
async function pythonOfBoto3(): Promise<object> {
  const { stdout } = await runProgram("python3", ["-c", "import sys; print(sys.executable, sys.prefix)"]);
  const [python, folder] = stdout.trim().split(" ");
  return { python, folders: [folder] };
}
