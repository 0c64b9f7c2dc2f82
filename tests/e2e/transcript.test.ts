import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { HOOK_EVENTS } from "../installation/bundle.fixture.ts";
import { DATABASES, type OpenDatabase, openDatabase, whyNoDatabase } from "../installation/databases.fixture.ts";
import { whyNoAwsCli } from "../installation/installed-programs.fixture.ts";
import { type SluiceAgent, startSluiceAgent } from "../installation/sluice-agent.fixture.ts";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { until } from "../installation/until.fixture.ts";

const isRoot = process.getuid?.() === 0;
/** A user that every Debian has. Only root may run a script as it. */
const RUNAS = isRoot ? "nobody" : undefined;
const SERVICE_ROLE = "arn:aws:iam::111122223333:role/CodeDeployServiceRole";

describe.each(DATABASES)("the classic transcript, with %s", (choice) => {
  const whyNot = whyNoAwsCli() ?? whyNoDatabase(choice);
  let database: OpenDatabase;
  let server: SluiceServer;
  let agent: SluiceAgent;
  let work: string;
  let deploymentId: string;
  let groupId: string;

  beforeAll(async () => {
    if (whyNot) return;
    work = mkdtempSync(join(tmpdir(), "sluice-e2e-transcript-"));
    // The script that runs as another user writes here too.
    chmodSync(work, 0o777);
    database = await openDatabase(choice);
    server = await startSluiceServer({ databaseUrl: database.url });
    agent = await startSluiceAgent(server, {
      name: "web-1",
      tags: ["Environment=prod"],
      environment: { HOOKS_FILE: join(work, "hooks"), DATABASE_PASSWORD: "hush", AWS_SECRET_ACCESS_KEY: "hush" },
    });
  });
  beforeEach((context) => context.skip(whyNot !== null, whyNot ?? ""));
  afterAll(async () => {
    await agent?.close();
    await server?.close();
    await database?.close();
    if (work) rmSync(work, { recursive: true, force: true });
  });

  const aws = (...args: string[]) => server.aws(...args);
  const hookLines = () =>
    existsSync(join(work, "hooks")) ? readFileSync(join(work, "hooks"), "utf8").trimEnd().split("\n") : [];
  /** The waiter looks once at its start and then every 15 s: what is nearly over should not cost that much. */
  const untilLastHook = () =>
    until("the last hook", () => hookLines().some((line) => line.startsWith(HOOK_EVENTS.at(-1)!)));

  it("creates what it deploys to", async () => {
    await aws("deploy", "create-application", "--application-name", "MyWebApp", "--compute-platform", "Server");
    await aws(
      ...["deploy", "create-deployment-group", "--application-name", "MyWebApp", "--deployment-group-name", "prod"],
      ...["--service-role-arn", SERVICE_ROLE],
      ...["--deployment-config-name", "CodeDeployDefault.OneAtATime"],
      ...["--ec2-tag-filters", "Key=Environment,Value=prod,Type=KEY_AND_VALUE"],
    );
    await aws("s3", "mb", "s3://my-artifacts");
  });

  it("pushes, deploys, and waits for the end", async () => {
    writeRevision("one");
    await push("build-42.zip");
    deploymentId = await deploy("build-42.zip");
    expect(deploymentId).toMatch(/^d-[A-Z0-9]{9}$/);
    await untilLastHook();
    await aws("deploy", "wait", "deployment-successful", "--deployment-id", deploymentId);
    const status = await aws(
      ...["deploy", "get-deployment", "--deployment-id", deploymentId],
      ...["--query", "deploymentInfo.status"],
    );
    expect(JSON.parse(status)).toBe("Succeeded");
  });

  it("has put the files at their destination", () => {
    expect(readFileSync(join(work, "www/index.html"), "utf8")).toBe("one");
    expect(readFileSync(join(work, "www/css/site.css"), "utf8")).toBe("body {}");
    expect(readdirSync(join(work, "www")).sort()).toEqual(["css", "index.html"]);
    expect(statSync(join(work, "www/index.html")).mode & 0o777).toBe(0o640);
  });

  it("has run the hooks in order, with their documented environment and without the agent's secrets", async () => {
    groupId = await groupIdOfProd();
    // No ApplicationStop: there was no earlier revision that could have had one.
    expect(hookLines()).toEqual(HOOK_EVENTS.slice(1).map((event) => hookLine(event, deploymentId)));
  });

  it("stops the first revision by its own hook when the second comes, and replaces its files", async () => {
    rmSync(join(work, "hooks"));
    writeRevision("two");
    await push("build-43.zip");
    const second = await deploy("build-43.zip");
    await untilLastHook();
    await aws("deploy", "wait", "deployment-successful", "--deployment-id", second);
    expect(hookLines()).toEqual(HOOK_EVENTS.map((event) => hookLine(event, second)));
    expect(readFileSync(join(work, "www/index.html"), "utf8")).toBe("two");
  });

  it("tells the waiter and the reader when a deployment has failed", async () => {
    writeRevision("three");
    writeFileSync(join(work, "app/scripts/hook.sh"), "#!/bin/sh\necho no such table >&2\nexit 3\n");
    await push("build-44.zip");
    const third = await deploy("build-44.zip");
    await expect(aws("deploy", "wait", "deployment-successful", "--deployment-id", third)).rejects.toThrow(
      "Waiter DeploymentSuccessful failed",
    );
    const info = JSON.parse(
      await aws(
        ...["deploy", "get-deployment", "--deployment-id", third],
        ...["--query", "deploymentInfo.[status,errorInformation]"],
      ),
    );
    expect(info[0]).toBe("Failed");
    expect(info[1].code).toBe("HEALTH_CONSTRAINTS");
    expect(info[1].message).toContain(`host web-1 (${agent.hostId}) at BeforeInstall, script scripts/hook.sh`);
    expect(info[1].message).toContain("failed with exit code 3");
    expect(info[1].message).toContain("no such table");
    expect(readFileSync(join(work, "www/index.html"), "utf8")).toBe("two");
  });

  function hookLine(event: string, id: string): string {
    const user = event === "AfterInstall" && RUNAS ? RUNAS : execFileSync("id", ["-un"], { encoding: "utf8" }).trim();
    return `${event} ${id} MyWebApp prod ${groupId} ${user} hidden:hidden`;
  }

  async function groupIdOfProd(): Promise<string> {
    const answer = await aws(
      ...["deploy", "get-deployment-group", "--application-name", "MyWebApp", "--deployment-group-name", "prod"],
      ...["--query", "deploymentGroupInfo.deploymentGroupId", "--output", "text"],
    );
    return answer.trim();
  }

  async function push(name: string): Promise<void> {
    await aws(
      ...["deploy", "push", "--application-name", "MyWebApp", "--s3-location", `s3://my-artifacts/app/${name}`],
      ...["--source", join(work, "app")],
    );
  }

  async function deploy(name: string): Promise<string> {
    const id = await aws(
      ...["deploy", "create-deployment", "--application-name", "MyWebApp", "--deployment-group-name", "prod"],
      ...["--s3-location", `bucket=my-artifacts,key=app/${name},bundleType=zip`],
      ...["--query", "deploymentId", "--output", "text"],
    );
    return id.trim();
  }

  function writeRevision(content: string): void {
    const app = join(work, "app");
    mkdirSync(join(app, "scripts"), { recursive: true });
    mkdirSync(join(app, "www/css"), { recursive: true });
    writeFileSync(join(app, "www/index.html"), content);
    writeFileSync(join(app, "www/css/site.css"), "body {}");
    writeFileSync(join(app, "appspec.yml"), appSpec());
    const values =
      "$LIFECYCLE_EVENT $DEPLOYMENT_ID $APPLICATION_NAME $DEPLOYMENT_GROUP_NAME $DEPLOYMENT_GROUP_ID $(id -un)";
    const secrets = `$\{DATABASE_PASSWORD:-hidden}:$\{AWS_SECRET_ACCESS_KEY:-hidden}`;
    writeFileSync(
      join(app, "scripts/hook.sh"),
      `#!/bin/sh\nset -e\ntest -f appspec.yml\numask 0\necho "${values} ${secrets}" >> "$HOOKS_FILE"\n`,
      { mode: 0o755 },
    );
  }

  function appSpec(): string {
    const hooks = HOOK_EVENTS.map((event) => {
      const runas = event === "AfterInstall" && RUNAS ? `\n      runas: ${RUNAS}` : "";
      return `  ${event}:\n    - location: scripts/hook.sh\n      timeout: 60${runas}`;
    });
    return `version: 0.0
os: linux
files:
  - source: /www
    destination: ${join(work, "www")}
permissions:
  - object: ${join(work, "www")}
    pattern: "*.html"
    mode: 640
    type: [file]
hooks:
${hooks.join("\n")}
`;
  }
});
