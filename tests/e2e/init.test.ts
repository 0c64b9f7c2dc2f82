import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { CodeDeploy } from "../installation/code-deploy.fixture.ts";
import { type SluiceAgent, startSluiceAgents } from "../installation/sluice-agent.fixture.ts";
import {
  cleanEnvironment,
  runProgram,
  SLUICE,
  type SluiceServer,
  startSluiceServer,
} from "../installation/sluice-server.fixture.ts";

let server: SluiceServer;
let codeDeploy: CodeDeploy;
let agents: SluiceAgent[] = [];
let work: string;
let group: readonly string[];

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), "sluice-e2e-init-"));
  server = await startSluiceServer();
  codeDeploy = await CodeDeploy.begin(server);
  agents = await startSluiceAgents(server, ["Fleet=init"], [{ name: "web-1" }]);
  await codeDeploy.createGroup({ group: "prod", fleet: "init" });
  group = ["--application", codeDeploy.application, "--group", "prod"];
});
afterAll(async () => {
  codeDeploy?.close();
  await Promise.all(agents.map((agent) => agent.close()));
  await server?.close();
  rmSync(work, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => listener.once("listening", resolve));
  const address = listener.address();
  await new Promise((resolve) => listener.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

const local = (...args: readonly string[]) => runProgram(SLUICE, args, cleanEnvironment());

/** What init writes for these files, deployed to the agent. */
async function initAndDeploy(name: string, files: Readonly<Record<string, string>>, ...options: readonly string[]) {
  const project = join(work, name);
  mkdirSync(project);
  for (const [path, text] of Object.entries(files)) writeFileSync(join(project, path), text);
  const installed = join(work, `${name}-installed`);
  const written = await local("init", project, "--destination", installed, ...options);
  expect(written.exitCode, written.stderr).toBe(0);
  const linted = await local("lint", project, "--warnings-as-errors");
  expect([linted.exitCode, linted.stdout]).toEqual([0, `${join(project, "appspec.yml")}: no errors.\n`]);
  const deployed = await server.run("deploy", project, ...group, "--watch");
  expect(deployed.exitCode, deployed.stderr + deployed.stdout).toBe(0);
  return { project, installed };
}

it("deploys a static site with what init wrote for it", async () => {
  const { installed } = await initAndDeploy("site", { "index.html": "<h1>it works</h1>\n" });
  expect(readFileSync(join(installed, "index.html"), "utf8")).toContain("it works");
});

// With systemd, the scripts would write a unit into the machine's own /etc.
it.skipIf(existsSync("/run/systemd/system"))(
  "starts a Node program, which outlives its hook, and another in its place; and says why one fails",
  async () => {
    const port = await freePort();
    const program = (answer: string) =>
      `import { createServer } from "node:http";\ncreateServer((_, response) => response.end("${answer}")).listen(process.env.PORT);\n`;
    const files = {
      "package.json": '{"name":"api","scripts":{"start":"node server.mjs"}}',
      "server.mjs": program("one"),
    };
    const { project, installed } = await initAndDeploy("api", files, "--port", `${port}`);
    const answer = async () => (await fetch(`http://127.0.0.1:${port}/`)).text();
    expect(await answer()).toBe("one");
    const first = readFileSync(join(installed, ".service/pid"), "utf8");
    try {
      // Two deployments more; the static site shows that what init wrote is deployed.
      if (!process.env.SLUICE_LONG) return;
      writeFileSync(join(project, "server.mjs"), program("two"));
      const second = await server.run("deploy", project, ...group, "--watch");
      expect(second.exitCode, second.stderr + second.stdout).toBe(0);
      expect(await answer()).toBe("two");
      expect(readFileSync(join(installed, ".service/pid"), "utf8")).not.toBe(first);

      writeFileSync(join(project, "server.mjs"), 'throw new Error("no database");\n');
      const third = await server.run("deploy", project, ...group, "--watch");
      expect(third.exitCode).toBe(1);
      expect(third.stdout + third.stderr).toContain("no database");
    } finally {
      const pid = readFileSync(join(installed, ".service/pid"), "utf8").trim();
      await runProgram("sh", ["-c", `kill ${Number(pid)}`], cleanEnvironment());
    }
  },
);
