import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createToken, deploy, prepareApplication } from "../../bench/installation.ts";
import { startAgent, startServer } from "../../bench/sluice-process.ts";
import { writeTrivialRevision } from "../../bench/trivial-revision.ts";

const ROOT = resolve(import.meta.dirname, "../..");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sluice-removed-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What a user has: launcher, programs and Node, in a folder of their own. */
function install(installation: string): string {
  execFileSync(process.execPath, [join(ROOT, "scripts/build.ts"), join(installation, "dist")], { cwd: ROOT });
  const node = `node_modules/node-linux-${process.arch}/bin/node`;
  mkdirSync(dirname(join(installation, node)), { recursive: true });
  linkOrCopy(join(ROOT, node), join(installation, node));
  mkdirSync(join(installation, "bin"));
  copyFileSync(join(ROOT, "bin/sluice"), join(installation, "bin/sluice"));
  return join(installation, "bin/sluice");
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}

it("deploys although the whole installation was removed since server and agent started", async () => {
  const installation = join(folder, "installation");
  const release = { launcher: install(installation), profiles: undefined };
  const revision = join(folder, "revision");
  writeTrivialRevision(revision, join(folder, "destination"));
  const server = await startServer(release, folder);
  try {
    const token = await createToken(server, 1);
    const agent = await startAgent(release, server.url, { name: "web-1", token, data: join(folder, "agent") });
    try {
      while (!agent.log().includes("the agent runs")) await sleep(20);
      rmSync(installation, { recursive: true });
      expect(existsSync(installation)).toBe(false);
      await prepareApplication(server, revision);
      await deploy(server, 1);
      await deploy(server, 1);
      expect(readFileSync(join(folder, "destination/index.html"), "utf8")).toBe("<p>hello</p>\n");
    } finally {
      await agent.close();
    }
  } finally {
    await server.close();
  }
});
