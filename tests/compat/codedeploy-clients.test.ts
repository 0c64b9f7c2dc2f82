import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateApplicationCommand, type RevisionLocation } from "@aws-sdk/client-codedeploy";
import { CODEDEPLOY_TABLE } from "@sluice/wire/generated/codedeploy-shapes.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { hooksAppSpec, tgzBundle } from "../installation/bundle.fixture.ts";
import { CodeDeploy } from "../installation/code-deploy.fixture.ts";
import { hasAwsCli, hasBoto3, isInstalled } from "../installation/installed-programs.fixture.ts";
import { type SluiceAgent, startSluiceAgent } from "../installation/sluice-agent.fixture.ts";
import { runProgram, SLUICE, type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";
import {
  recordCalls,
  useApplications,
  useConfigurations,
  useDeployments,
  useGroups,
  useOnPremisesInstances,
  useRevisions,
  useTheRest,
} from "./codedeploy-sdk.fixture.ts";

const FLEET = "compat";
const CALLED = Object.keys(CODEDEPLOY_TABLE).sort();
const OPERATION_COUNT = CALLED.length;

function withoutProxies(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !/_proxy$/i.test(name)));
}

const hasAws = hasAwsCli();
const hasBoto = hasBoto3();

let server: SluiceServer;
let agent: SluiceAgent;
let codeDeploy: CodeDeploy;
let revision: RevisionLocation;
let work: string;

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), "sluice-clients-"));
  server = await startSluiceServer();
  agent = await startSluiceAgent(server, { name: "web-1", tags: [`Fleet=${FLEET}`] });
  codeDeploy = await CodeDeploy.begin(server);
  revision = await codeDeploy.put(tgzBundle(hooksAppSpec({ ValidateService: "ok.sh" }), { "ok.sh": "#!/bin/sh\n" }));
});

afterAll(async () => {
  const log = server.log();
  codeDeploy.close();
  await agent.close();
  await server.close();
  rmSync(work, { recursive: true });
  expect(log.split("\n").filter((line) => /"level":(50|60)/.test(line))).toEqual([]);
});

it("every operation works through the AWS SDK for JavaScript", async () => {
  const { client } = codeDeploy;
  const called = recordCalls(client);
  await useApplications(client);
  await useConfigurations(client);
  await useGroups(client, FLEET);
  await useRevisions(client, revision);
  await useDeployments(client, revision);
  await useOnPremisesInstances(client);
  await useTheRest(client);
  process.stdout.write(`operations covered by the AWS SDK for JavaScript: ${called.size} of ${OPERATION_COUNT}\n`);
  expect([...called].sort()).toEqual(CALLED);
});

describe("boto3", () => {
  beforeEach((context) => context.skip(!hasBoto, "python3 has no boto3: pip install boto3"));

  it("every operation works", async () => {
    const { bucket = "", key = "" } = revision.s3Location ?? {};
    const script = join(import.meta.dirname, "codedeploy-boto3.py");
    const ended = await runProgram("python3", [script, bucket, key, FLEET], await server.environment());
    expect(ended.stderr).toBe("");
    const called = Object.keys(JSON.parse(ended.stdout) as object).sort();
    process.stdout.write(`operations covered by boto3: ${called.length} of ${OPERATION_COUNT}\n`);
    expect(called).toEqual(CALLED);
  });
});

describe("the aws CLI", () => {
  beforeEach((context) => context.skip(!hasAws, "aws is not installed: pip install awscli"));

  it("every operation works, and the waiter says how a deployment ended", async (context) => {
    context.skip(!isInstalled("python3", "-c", "import awscli.clidriver"), "python3 has no awscli: pip install awscli");
    const { bucket = "", key = "" } = revision.s3Location ?? {};
    const script = join(import.meta.dirname, "codedeploy-cli.py");
    const ended = await runProgram("python3", [script, bucket, key, FLEET], {
      ...(await server.environment()),
      AWS_PAGER: "",
    });
    expect(ended.stderr).toBe("");
    const called = Object.keys(JSON.parse(ended.stdout) as object).sort();
    process.stdout.write(`operations covered by the aws CLI: ${called.length} of ${OPERATION_COUNT}\n`);
    expect(called).toEqual(CALLED);
  });

  it("pages and filters lists", async () => {
    const names = ["cli-a", "cli-b", "cli-c"];
    for (const name of names) await codeDeploy.client.send(new CreateApplicationCommand({ applicationName: name }));
    const query = ["--query", "applications[?starts_with(@, 'cli-')]", "--output", "json"];
    const found = JSON.parse(await server.aws("deploy", "list-applications", ...query)) as string[];
    expect(found.sort()).toEqual(names);
    const listed: string[] = [];
    let token: string[] = [];
    do {
      const page = JSON.parse(await server.aws("deploy", "list-applications", "--max-items", "1", ...token)) as {
        applications: string[];
        NextToken?: string;
      };
      expect(page.applications).toHaveLength(1);
      listed.push(...page.applications);
      token = page.NextToken ? ["--starting-token", page.NextToken] : [];
    } while (token.length > 0);
    expect(listed).toEqual(expect.arrayContaining(names));
    expect(new Set(listed).size).toBe(listed.length);
    const configs = await server.aws("deploy", "list-deployment-configs", "--query", "length(deploymentConfigsList)");
    expect(configs.trim()).toBe("17");
  });

  it("finds its settings through the profile, and in the variables that everyone uses", async () => {
    const listed = await server.aws("configure", "list");
    expect(listed).toMatch(/profile\s.*sluice/);
    expect(listed).toMatch(/region\s.*us-east-1/);
    expect(await server.aws("sts", "get-caller-identity", "--query", "Account", "--output", "text")).toBe(
      "111122223333\n",
    );
    const credentials = codeDeploy.client.config.credentials;
    const { accessKeyId, secretAccessKey } = await credentials();
    const bare: NodeJS.ProcessEnv = {
      PATH: process.env.PATH,
      HOME: work,
      AWS_ENDPOINT_URL: server.url(),
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_DEFAULT_REGION: "us-east-1",
    };
    const ended = await runProgram("aws", ["deploy", "get-application", "--application-name", "cli-b"], bare);
    expect(ended).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("cli-b") });
  });

  it("passes by the proxy of this machine's environment", async () => {
    // Nothing listens there: whoever goes by it fails.
    const proxy = "http://127.0.0.1:9";
    const behindProxy = { ...withoutProxies(await server.environment()), http_proxy: proxy, HTTP_PROXY: proxy };
    const printed = await runProgram(SLUICE, ["env", "--data", server.data, "--json"], behindProxy);
    const environment = { ...behindProxy, ...(JSON.parse(printed.stdout) as Record<string, string>) };
    const list = ["deploy", "list-applications"];
    expect(await runProgram("aws", list, environment)).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await runProgram(SLUICE, ["hosts", "--data", server.data], behindProxy)).toMatchObject({ exitCode: 0 });
    const withoutException = await runProgram("aws", list, { ...behindProxy, AWS_MAX_ATTEMPTS: "1" });
    expect(withoutException.stderr).toContain("proxy");
  });
});
