import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type RawTarEntry, type RawZipEntry, rawTar, rawZip } from "@sluice/agent/host/archive/raw-archives.fixture.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { hooksAppSpec, tarBundle } from "../installation/bundle.fixture.ts";
import { CodeDeploy, failedEvent } from "../installation/code-deploy.fixture.ts";
import { type SluiceAgent, startSluiceAgent } from "../installation/sluice-agent.fixture.ts";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";

type BundleType = "tar" | "tgz" | "zip";

/** What every hostile archive tries to write; none may be found afterwards, wherever it was aimed. */
const PREY = "sluice-e2e-escaped";
const APP_SPEC = hooksAppSpec({ BeforeInstall: "hook.sh" });
const HOOK = "#!/bin/sh\nexit 0\n";

/** Where archives aim at from outside of their root. */
const outside = mkdtempSync(join(tmpdir(), "sluice-e2e-outside-"));
let server: SluiceServer;
let agent: SluiceAgent;
let codeDeploy: CodeDeploy;

beforeAll(async () => {
  server = await startSluiceServer();
  codeDeploy = await CodeDeploy.begin(server);
  await codeDeploy.createGroup({ group: "prod", fleet: "hostile" });
  agent = await startSluiceAgent(server, { name: "web-1", tags: ["Fleet=hostile"] });
});
beforeEach(() => {
  rmSync(outside, { recursive: true, force: true });
  mkdirSync(outside);
});
afterAll(async () => {
  codeDeploy?.close();
  await agent?.close();
  await server?.close();
  rmSync(outside, { recursive: true, force: true });
});

/** Deploys, and returns the event that failed, after a look for what must not have been written. */
async function failureOf(bundle: Buffer, type: BundleType) {
  const deploymentId = await codeDeploy.deploy("prod", await codeDeploy.put(bundle, type));
  const info = await codeDeploy.end(deploymentId);
  expect(info.status).toBe("Failed");
  expect(info.errorInformation?.code).toBe("HEALTH_CONSTRAINTS");
  const event = failedEvent(await codeDeploy.target(deploymentId, agent.hostId));
  // Whoever reads the deployment alone is told as well: host, event, and the words of the failure.
  expect(info.errorInformation?.message).toContain(`host web-1 (${agent.hostId}) at ${event.lifecycleEventName}`);
  expect(info.errorInformation?.message).toContain(event.diagnostics?.message);
  return { ...event.diagnostics, event: event.lifecycleEventName };
}

function findPrey(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((path) => path.includes(PREY));
}

function expectNothingEscaped(): void {
  expect(findPrey(outside)).toEqual([]);
  expect(findPrey(agent.directory)).toEqual([]);
  for (const directory of [tmpdir(), "/", process.cwd()]) expect(existsSync(join(directory, PREY))).toBe(false);
}

describe("a bundle that cannot be run", () => {
  it("for want of a script that its AppSpec names", async () => {
    const bundle = tarBundle(hooksAppSpec({ BeforeInstall: "scripts/prepare.sh" }));
    expect(await failureOf(bundle, "tar")).toMatchObject({
      event: "BeforeInstall",
      errorCode: "ScriptMissing",
      scriptName: "scripts/prepare.sh",
      message: expect.stringMatching(/^Script does not exist at specified location: \/.*\/scripts\/prepare\.sh/),
    });
  });

  it("for want of an AppSpec", async () => {
    const failure = await failureOf(rawTar([{ name: "index.html", content: "hello" }]), "tar");
    expect(failure.message).toContain("did not find an AppSpec file within the unpacked revision directory");
    expect(failure.message).toContain('revision-relative path "appspec.yml"');
    expect(failure.errorCode).toBe("UnknownError");
  });

  it("for an AppSpec that is no YAML", async () => {
    const failure = await failureOf(tarBundle("version: 0.0\nos: linux\nhooks: [\n"), "tar");
    expect(failure.errorCode).toBe("UnknownError");
    expect(failure.message).toMatch(/line \d/);
  });

  it.each<[BundleType, string, Buffer, string]>([
    ["zip", "a page of HTML", Buffer.from("<html>Sign in</html>"), "is an HTML page. Pack the revision as zip"],
    ["tar", "text", Buffer.from("hello"), "is not an archive (its first bytes are 68656c6c). Pack the revision as tar"],
    ["tgz", "nothing", Buffer.alloc(0), "is empty. Pack the revision as tgz"],
    ["zip", "a tar", tarBundle(APP_SPEC), "is an uncompressed tar. Deploy it with bundleType=tar"],
    ["zip", "a tgz", gzipSync(tarBundle(APP_SPEC)), "is gzip-compressed. Deploy it with bundleType=tgz"],
    ["tgz", "a tar", tarBundle(APP_SPEC), "is an uncompressed tar. Deploy it with bundleType=tar"],
    ["tar", "a zip", rawZip([{ name: "appspec.yml", content: APP_SPEC }]), "is a zip. Deploy it with bundleType=zip"],
  ])("declared as %s, for being %s", async (type, _what, bundle, words) => {
    expect(await failureOf(bundle, type)).toMatchObject({
      event: "DownloadBundle",
      errorCode: "UnknownError",
      message: expect.stringContaining(`The bundle was declared as ${type}, but the downloaded file ${words}`),
    });
  });

  it.each<[BundleType, Buffer]>([
    ["tar", tarBundle(APP_SPEC, { "hook.sh": HOOK }).subarray(0, 700)],
    ["tgz", gzipSync(tarBundle(APP_SPEC, { "hook.sh": HOOK })).subarray(0, 100)],
    ["zip", rawZip([{ name: "appspec.yml", content: APP_SPEC }]).subarray(0, 100)],
  ])("for being a %s that was cut off", async (type, bundle) => {
    const failure = await failureOf(bundle, type);
    expect(failure.event).toBe("DownloadBundle");
    expect(failure.message).toMatch(/bundle/i);
    expect(failure.message).toMatch(/cut|damaged|incomplete|truncated|corrupt|broken/i);
  });
});

describe("a bundle that would write outside of its root", () => {
  interface Attack {
    /** The entry that the message has to name. */
    readonly named: string;
    readonly tar: readonly RawTarEntry[];
    readonly zip: readonly RawZipEntry[];
    readonly says: string;
  }
  const link = 0o120777;
  const attacks: Readonly<Record<string, Attack>> = {
    "../ in a path": {
      named: `../../../${PREY}`,
      tar: [{ name: `../../../${PREY}`, content: "x" }],
      zip: [{ name: `../../../${PREY}`, content: "x" }],
      says: "its path leaves the archive through '..'. Pack the bundle from inside its directory",
    },
    "../ behind a directory": {
      named: `scripts/../../${PREY}`,
      tar: [{ name: `scripts/../../${PREY}`, content: "x" }],
      zip: [{ name: `scripts/../../${PREY}`, content: "x" }],
      says: "its path leaves the archive through '..'",
    },
    "an absolute path": {
      named: `${outside}/${PREY}`,
      tar: [{ name: `${outside}/${PREY}`, content: "x" }],
      zip: [{ name: `${outside}/${PREY}`, content: "x" }],
      says: "its path is absolute. Pack the bundle with relative paths",
    },
    "a link to an absolute path, and a file through it": {
      named: `out/${PREY}`,
      tar: [
        { name: "out", type: "2", linkName: outside },
        { name: `out/${PREY}`, content: "x" },
      ],
      zip: [
        { name: "out", content: outside, unixMode: link },
        { name: `out/${PREY}`, content: "x" },
      ],
      says: "then deploy again.",
    },
    "a relative link that leaves, and a file through it": {
      named: `up/${PREY}`,
      tar: [
        { name: "up", type: "2", linkName: "../../.." },
        { name: `up/${PREY}`, content: "x" },
      ],
      zip: [
        { name: "up", content: "../../..", unixMode: link },
        { name: `up/${PREY}`, content: "x" },
      ],
      says: 'its path passes through the symbolic link "up"',
    },
    "two links that leave together": {
      named: `b/${PREY}`,
      tar: [
        { name: "a", type: "2", linkName: "." },
        { name: "b", type: "2", linkName: "a/.." },
        { name: `b/${PREY}`, content: "x" },
      ],
      zip: [
        { name: "a", content: ".", unixMode: link },
        { name: "b", content: "a/..", unixMode: link },
        { name: `b/${PREY}`, content: "x" },
      ],
      says: "then deploy again.",
    },
  };
  const good = { name: "appspec.yml", content: APP_SPEC };
  const cases = Object.entries(attacks).flatMap(([what, { tar, zip, named, says }]) => {
    const packed = rawTar([good, ...tar]);
    return [
      ["tar", what, packed, named, says],
      ["tgz", what, gzipSync(packed), named, says],
      ["zip", what, rawZip([good, ...zip]), named, says],
    ] as [BundleType, string, Buffer, string, string][];
  });

  it.each(cases)("%s: %s", async (type, _what, bundle, named, says) => {
    const failure = await failureOf(bundle, type);
    expect(failure.event).toBe("DownloadBundle");
    expect(failure.message).toContain("The bundle was refused, and nothing was unpacked");
    expect(failure.message).toContain(`entry "${named}`);
    expect(failure.message).toContain(says);
    expectNothingEscaped();
  });

  it("a hard link to a file outside is refused, and the file keeps its content", async () => {
    const secret = join(outside, "secret");
    writeFileSync(secret, "secret");
    const bundle = rawTar([good, { name: "stolen", type: "1", linkName: secret }]);
    const failure = await failureOf(bundle, "tar");
    expect(failure.message).toContain('entry "stolen"');
    expect(findPrey(agent.directory)).toEqual([]);
    expect(readdirSync(agent.directory, { recursive: true, encoding: "utf8" })).not.toContainEqual(
      expect.stringMatching(/stolen$/),
    );
  });

  it("the host takes an honest bundle afterwards", async () => {
    const revision = await codeDeploy.put(tarBundle(APP_SPEC, { "hook.sh": HOOK }), "tar");
    const info = await codeDeploy.end(await codeDeploy.deploy("prod", revision));
    expect(info.status, info.errorInformation?.message).toBe("Succeeded");
  });
});
