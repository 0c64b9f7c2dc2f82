import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateDeploymentGroupCommand,
  GetOnPremisesInstanceCommand,
  StopDeploymentCommand,
} from "@aws-sdk/client-codedeploy";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hooksAppSpec, tgzBundle } from "../../installation/bundle.fixture.ts";
import { CodeDeploy } from "../../installation/code-deploy.fixture.ts";
import { hasAwsCli } from "../../installation/installed-programs.fixture.ts";
import { runAws, type SluiceServer, startSluiceServer } from "../../installation/sluice-server.fixture.ts";
import { ROLE } from "../codedeploy-sdk.fixture.ts";
import { type RawAnswer, RawCaller } from "../raw-caller.fixture.ts";

/**
 * AWS's procedure for an on-premises instance: `aws deploy register` makes a user with a key, and writes the file that `aws deploy install`
 * copies to where AWS's agent reads it; the agent polls with that key; `aws deploy deregister` takes everything away. Both commands end
 * with 0 whatever happens, and say ERROR on standard error.
 */
const NAME = "db-1";
const USER = `arn:aws:iam::111122223333:user/AWS/CodeDeploy/${NAME}`;
const CONFIG = "codedeploy.onpremises.yml";

let server: SluiceServer;
let codeDeploy: CodeDeploy;
let caller: RawCaller;
let folder: string;
let key: { readonly accessKeyId: string; readonly secretAccessKey: string };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sluice-register-"));
  server = await startSluiceServer();
  codeDeploy = await CodeDeploy.begin(server, "shop");
  caller = new RawCaller(server);
});

afterAll(async () => {
  caller.close();
  codeDeploy.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function aws(...args: readonly string[]) {
  const environment = { ...(await server.environment()), AWS_PAGER: "" };
  return runAws(["deploy", ...args, "--instance-name", NAME, "--region", "us-east-1"], environment, folder);
}

/** As AWS's agent does, with the key of the file. */
function agent(operation: string, input: object): Promise<RawAnswer> {
  return caller.call({
    service: "codedeploy-commands",
    target: `CodeDeployCommandService_v20141006.${operation}`,
    body: JSON.stringify(input),
    ...key,
  });
}

describe.skipIf(!hasAwsCli())("AWS's procedure for an on-premises instance", () => {
  it("registers it, with a user and a key of its own", async () => {
    const { exitCode, stdout, stderr } = await aws("register", "--tags", "Key=role,Value=db");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toContain(`IamUserArn: ${USER}\n`);
    expect(stdout).toContain("PolicyName: codedeploy-agent\n");
    expect(statSync(join(folder, CONFIG)).mode & 0o777).toBe(0o600);
    const config = readFileSync(join(folder, CONFIG), "utf8");
    const [, accessKeyId = "", secretAccessKey = ""] =
      /^---\nregion: us-east-1\niam_user_arn: \S+\naws_access_key_id: (AKIA\w{16})\naws_secret_access_key: (\S{40})\n$/.exec(
        config,
      ) ?? [];
    expect(config).toContain(`iam_user_arn: ${USER}\n`);
    key = { accessKeyId, secretAccessKey };
    const { instanceInfo } = await codeDeploy.client.send(new GetOnPremisesInstanceCommand({ instanceName: NAME }));
    expect(instanceInfo).toMatchObject({ iamUserArn: USER, tags: [{ Key: "role", Value: "db" }] });
  });

  it("offers its agent what is deployed to it, and nothing else", async () => {
    const filters = [{ Key: "role", Value: "db", Type: "KEY_AND_VALUE" as const }];
    await codeDeploy.client.send(
      new CreateDeploymentGroupCommand({
        applicationName: "shop",
        deploymentGroupName: "databases",
        serviceRoleArn: ROLE,
        deploymentConfigName: "CodeDeployDefault.AllAtOnce",
        onPremisesInstanceTagFilters: filters,
      }),
    );
    // The agent says that it is there before there is anything to do. Nothing is held open: the next poll is asked for.
    const bundle = tgzBundle(hooksAppSpec({}));
    const polling = agent("PollHostCommand", { HostIdentifier: USER });
    const deploymentId = await codeDeploy.deploy("databases", await codeDeploy.put(bundle));
    const polled = await polling;
    expect(polled.status).toBe(200);
    expect(JSON.parse(polled.text).HostCommand).toMatchObject({
      HostIdentifier: USER,
      CommandName: "ApplicationStop",
      DeploymentExecutionId: expect.stringContaining(deploymentId),
    });
    const other = await agent("PollHostCommand", { HostIdentifier: USER.replace(NAME, "db-2") });
    expect(other.status).toBe(400);
    const asPerson = await caller.call({ ...key, body: "{}" });
    expect(asPerson.text).toContain("AccessDeniedException");
    const object = { method: "GET", service: "s3", target: null, body: "" };
    expect((await caller.call({ ...key, ...object, path: "/revisions/revision-1.tgz" })).status).toBe(200);
    await codeDeploy.client.send(new StopDeploymentCommand({ deploymentId }));
  });

  it("deregisters it, and leaves nothing", async () => {
    const { exitCode, stdout, stderr } = await aws("deregister");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toContain(`Deleting the IAM user (${NAME})... DONE\n`);
    const { instanceInfo } = await codeDeploy.client.send(new GetOnPremisesInstanceCommand({ instanceName: NAME }));
    expect(instanceInfo?.deregisterTime).toBeInstanceOf(Date);
    expect(instanceInfo?.tags ?? []).toEqual([]);
    expect((await agent("PollHostCommand", { HostIdentifier: USER })).status).toBeGreaterThanOrEqual(400);
    expect(await server.sluice("keys", "list", "--json")).not.toContain(key.accessKeyId);
    expect(await server.sluice("users", "list", "--json")).not.toContain(NAME);
  });
});
