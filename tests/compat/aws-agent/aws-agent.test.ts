import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateDeploymentGroupCommand, GetDeploymentGroupCommand } from "@aws-sdk/client-codedeploy";
import { addressOfServer } from "@sluice/cli/aws-agent/reachable-server.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tgzBundle } from "../../installation/bundle.fixture.ts";
import { CodeDeploy } from "../../installation/code-deploy.fixture.ts";
import { listedHosts } from "../../installation/listed-hosts.fixture.ts";
import { startKnownAgent } from "../../installation/sluice-agent.fixture.ts";
import { runProgram, SLUICE, type SluiceServer, startSluiceServer } from "../../installation/sluice-server.fixture.ts";
import { until } from "../../installation/until.fixture.ts";
import { type ReferenceAgent, startReferenceAgent, whyNoReferenceAgent } from "./reference-agent.fixture.ts";

const HOST = "aws-1";
const PATIENCE_MILLISECONDS = 240_000;

let server: SluiceServer;
let codeDeploy: CodeDeploy;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sluice-aws-agent-"));
  const [certificate, key] = [join(folder, "tls.pem"), join(folder, "key.pem")];
  const made = await runProgram("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"],
    ...[
      "-subj",
      "/CN=sluice",
      "-addext",
      "subjectAltName=DNS:localhost,IP:127.0.0.1",
      "-keyout",
      key,
      "-out",
      certificate,
    ],
  ]);
  if (made.exitCode !== 0) throw new Error(made.stderr);
  server = await startSluiceServer({ args: ["--tls-cert", certificate, "--tls-key", key] });
  codeDeploy = await CodeDeploy.begin(server);
});

afterAll(async () => {
  codeDeploy?.close();
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("sluice hosts add --aws-agent", () => {
  const add = (name: string, ...args: string[]) => server.run("hosts", "add", name, "--aws-agent", ...args);
  const byName = () => `https://localhost:${new URL(server.url()).port}`;

  it("writes both files, the certificate and a script that puts them in their places and back", async () => {
    const out = join(folder, "files");
    const added = await add("files-1", "--server", byName(), "--tag", "Fleet=files", "--out", out);
    expect(added).toMatchObject({ exitCode: 0 });
    const port = new URL(server.url()).port;
    expect(readFileSync(join(out, "codedeployagent.yml"), "utf8")).toContain(
      `:deploy_control_endpoint: 'https://localhost:${port}'\n:s3_endpoint_override: 'https://127.0.0.1:${port}'\n`,
    );
    expect(readFileSync(join(out, "codedeploy.onpremises.yml"), "utf8")).toMatch(
      /^---\naws_access_key_id: AKIA\w+\naws_secret_access_key: \S+\niam_user_arn: arn:aws:iam::111122223333:user\/\S+\nregion: us-east-1\n$/,
    );
    expect(statSync(join(out, "codedeploy.onpremises.yml")).mode & 0o777).toBe(0o600);
    expect((await listedHosts(server)).find(({ hostName }) => hostName === "files-1")).toMatchObject({
      kind: "on-premises",
      tags: [{ Key: "Fleet", Value: "files" }],
    });

    const root = mkdtempSync(join(folder, "root-"));
    const conf = join(root, "etc/codedeploy-agent/conf");
    const install = (...args: string[]) =>
      runProgram("sh", [join(out, "install.sh"), ...args], { ...process.env, DESTDIR: root });
    expect(await install()).toMatchObject({ exitCode: 0, stderr: "" });
    writeFileSync(join(conf, "codedeployagent.yml"), "changed since");
    expect(await install()).toMatchObject({ exitCode: 0, stderr: "" });
    expect(readFileSync(join(conf, "sluice-authorities.pem"), "utf8")).toContain("BEGIN CERTIFICATE");
    expect(await install("--undo")).toMatchObject({ exitCode: 0, stderr: "" });
    expect(existsSync(join(conf, "codedeployagent.yml"))).toBe(false);
    expect(existsSync(join(conf, "sluice-authorities.pem"))).toBe(false);

    writeFileSync(join(conf, "codedeployagent.yml"), "AWS's own");
    expect(await install()).toMatchObject({ exitCode: 0 });
    expect(await install()).toMatchObject({ exitCode: 0 });
    expect(await install("--undo")).toMatchObject({ exitCode: 0 });
    expect(readFileSync(join(conf, "codedeployagent.yml"), "utf8")).toBe("AWS's own");
    expect(await install("--other")).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("--undo") });
  });

  it.each([
    ["a name that leads nowhere", ["--server", "https://nowhere.invalid:7450"], "nowhere.invalid has no address"],
    ["an address without TLS", ["--server", "http://localhost:7450"], "has no TLS"],
    ["no address", ["--server", "localhost"], "which is no address"],
    ["the machine's own address", [], "is this machine's own address"],
  ])("refuses %s before there is a key", async (_name, args, message) => {
    const refused = await add("refused-1", ...args);
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stderr).toContain(message);
    expect((await listedHosts(server)).some(({ hostName }) => hostName === "refused-1")).toBe(false);
  });

  it("finds out that the certificate lacks the name, though it has the address", async () => {
    const ca = readFileSync(join(folder, "tls.pem"), "utf8");
    const { port } = new URL(server.url());
    const leadsHere = async () => ["127.0.0.1"];
    await expect(addressOfServer(`https://deploy.example.org:${port}`, { ca }, leadsHere)).rejects.toThrow(
      /127\.0\.0\.1: .*deploy\.example\.org.* is not in the cert.*Put the name and the address into the certificate/,
    );
    expect(await addressOfServer(byName(), { ca }, leadsHere)).toBe(`https://127.0.0.1:${port}`);
  });

  it("refuses its options without it", async () => {
    expect(await server.run("hosts", "add", "x-1", "--out", folder)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("--out is for --aws-agent"),
    });
  });
});

describe("AWS's CodeDeploy agent", () => {
  const why = whyNoReferenceAgent();
  let agent: ReferenceAgent | undefined;
  let destination: string;
  let notes: string;
  let root: string;

  const appSpec = (file: string) => `version: 0.0
os: linux
files:
  - source: ${file}
    destination: ${destination}
hooks:
  ApplicationStop:
    - location: note.sh
  AfterInstall:
    - location: note.sh
`;
  const revision = (file: string) =>
    codeDeploy.put(
      tgzBundle(appSpec(file), {
        [file]: file,
        "note.sh": `#!/bin/sh\necho "${file} $LIFECYCLE_EVENT $DEPLOYMENT_GROUP_NAME" >> ${notes}\n`,
      }),
    );
  const createGroup = async (group: string) => {
    await codeDeploy.client.send(
      new CreateDeploymentGroupCommand({
        applicationName: codeDeploy.application,
        deploymentGroupName: group,
        serviceRoleArn: "arn:aws:iam::111122223333:role/CodeDeployServiceRole",
        deploymentConfigName: "CodeDeployDefault.AllAtOnce",
        onPremisesInstanceTagFilters: [{ Key: "Fleet", Value: "aws", Type: "KEY_AND_VALUE" }],
      }),
    );
    const { deploymentGroupInfo } = await codeDeploy.client.send(
      new GetDeploymentGroupCommand({ applicationName: codeDeploy.application, deploymentGroupName: group }),
    );
    return deploymentGroupInfo?.deploymentGroupId ?? "";
  };
  const deployed = async (group: string, file: string) =>
    codeDeploy.end(await codeDeploy.deploy(group, await revision(file)));
  const alive = () =>
    until("the host is alive", async () =>
      (await listedHosts(server)).some(({ hostName, state }) => hostName === HOST && state === "alive"),
    );

  afterAll(() => agent?.stop());

  it("deploys as it is, and hosts move to Sluice's agent and back", {
    timeout: PATIENCE_MILLISECONDS,
  }, async (context) => {
    context.skip(why !== null, why ?? "");
    root = mkdtempSync(join(folder, "host-"));
    destination = join(root, "srv");
    notes = join(root, "notes");
    const out = join(root, "files");
    await server.sluice(
      ...["hosts", "add", HOST, "--aws-agent", "--tag", "Fleet=aws", "--out", out],
      ...["--server", `https://localhost:${new URL(server.url()).port}`],
    );
    expect(await runProgram("sh", [join(out, "install.sh")], { ...process.env, DESTDIR: root })).toMatchObject({
      exitCode: 0,
    });
    agent = await startReferenceAgent(root);
    await alive();
    const atAws = await createGroup("at-aws");
    expect(await deployed("at-aws", "one.txt")).toMatchObject({ status: "Succeeded" });
    expect(readFileSync(join(destination, "one.txt"), "utf8")).toBe("one.txt");

    // To ours, where the group has another id.
    await agent.stop();
    agent = undefined;
    const here = await createGroup("here");
    const data = join(root, "sluice-agent");
    const token = (await server.sluice("token", "create", "--tag", "Fleet=aws")).trim();
    const enrolled = await runProgram(SLUICE, [
      ...["agent", "enroll", "--server", server.url(), "--token", token, "--data", data],
      ...["--name", HOST, "--on-premises"],
    ]);
    expect(enrolled).toMatchObject({ exitCode: 0 });
    const awsRoot = join(root, "opt/codedeploy-agent/deployment-root");
    const adopt = (from: string, group: string, to: string, as: string, ...args: string[]) =>
      runProgram(SLUICE, ["agent", "adopt", "--from", from, "--group", group, "--as", as, "--data", to, ...args]);
    expect(await adopt(awsRoot, atAws, data, here)).toMatchObject({ exitCode: 0, stderr: "" });
    const ours = startKnownAgent(HOST, data);
    try {
      await alive();
      expect(await deployed("here", "two.txt")).toMatchObject({ status: "Succeeded" });
    } finally {
      await ours.stop();
    }
    expect(existsSync(join(destination, "one.txt"))).toBe(false);
    expect(readFileSync(notes, "utf8")).toContain("one.txt ApplicationStop here\n");

    // And back, with the key that it had.
    expect(await adopt(data, here, awsRoot, atAws, "--replace")).toMatchObject({ exitCode: 0, stderr: "" });
    agent = await startReferenceAgent(root);
    await alive();
    expect(await deployed("at-aws", "three.txt")).toMatchObject({ status: "Succeeded" });
    expect(existsSync(join(destination, "two.txt"))).toBe(false);
    expect(existsSync(join(destination, "three.txt"))).toBe(true);
    expect(readFileSync(notes, "utf8")).toContain("two.txt ApplicationStop at-aws\n");
    await ours.close();
  });
});
