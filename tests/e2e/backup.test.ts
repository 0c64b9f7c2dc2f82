import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RevisionLocation } from "@aws-sdk/client-codedeploy";
import { DeleteObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { HOOK_EVENTS, recordingBundle } from "../installation/bundle.fixture.ts";
import { CodeDeploy } from "../installation/code-deploy.fixture.ts";
import { DATABASES, type OpenDatabase, openDatabase, whyNoDatabase } from "../installation/databases.fixture.ts";
import { RecordingFolder } from "../installation/recording-folder.fixture.ts";
import { type SluiceAgent, startSluiceAgent } from "../installation/sluice-agent.fixture.ts";
import {
  cleanEnvironment,
  runProgram,
  SLUICE,
  type SluiceServer,
  startSluiceServer,
} from "../installation/sluice-server.fixture.ts";
import { until } from "../installation/until.fixture.ts";

const EACH_ONCE = Object.fromEntries(HOOK_EVENTS.map((event) => [event, 1]));

describe.each(DATABASES)("a server on %s", (choice) => {
  const whyNot = whyNoDatabase(choice);
  const folders = { "web-1": new RecordingFolder(), "web-2": new RecordingFolder(), "web-3": new RecordingFolder() };
  const agents: SluiceAgent[] = [];
  let outside: string;
  let file: string;
  let database: OpenDatabase;
  let server: SluiceServer;
  let codeDeploy: CodeDeploy;
  let first: RevisionLocation;
  let second: RevisionLocation;

  beforeAll(async () => {
    if (whyNot) return;
    outside = mkdtempSync(join(tmpdir(), "sluice-e2e-backup-"));
    file = join(outside, "backup.tar");
    database = await openDatabase(choice);
    server = await startSluiceServer({ databaseUrl: database.url });
    codeDeploy = await CodeDeploy.begin(server);
    await codeDeploy.createGroup({ group: "prod", fleet: "backup" });
    first = await codeDeploy.put(recordingBundle());
    second = await codeDeploy.put(recordingBundle());
    agents.push(await startHost("web-1"), await startHost("web-2"));
    expect((await codeDeploy.end(await codeDeploy.deploy("prod", first))).status).toBe("Succeeded");
  });
  beforeEach((context) => context.skip(whyNot !== null, whyNot ?? ""));
  afterAll(async () => {
    for (const folder of Object.values(folders)) folder.releaseAll();
    codeDeploy?.close();
    await Promise.all(agents.map((agent) => agent.close()));
    await server?.close();
    await database?.close();
    for (const folder of Object.values(folders)) folder.remove();
    if (outside) rmSync(outside, { recursive: true, force: true });
  });

  const startHost = (name: keyof typeof folders) =>
    startSluiceAgent(server, { name, tags: ["Fleet=backup"], environment: { HOST_FOLDER: folders[name].path } });

  /** Everything that the server had is gone. */
  async function loseServer(): Promise<void> {
    await server.kill();
    renameSync(server.data, join(outside, "lost"));
    if (!database.url) return;
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    await client.end();
  }

  const restore = (from: string, data: string) =>
    runProgram(
      SLUICE,
      ["restore", from, "--data", data, ...(database.url ? ["--database", database.url] : [])],
      cleanEnvironment(),
    );

  it("comes back from a backup of mid-deployment without a falsehood, and without a hook run twice", async () => {
    folders["web-1"].hold("AfterInstall");
    const underWay = await codeDeploy.deploy("prod", second);
    await until("AfterInstall on web-1", () => folders["web-1"].hasBegun(underWay, "AfterInstall"));
    const said = await server.sluice("backup", file);
    expect(said).toContain("verified");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(outside)).toEqual(["backup.tar"]);

    // What the backup does not know: the end of that deployment, another one, a host, a deleted bundle, and a hook that runs.
    folders["web-1"].releaseAll();
    expect((await codeDeploy.end(underWay)).status).toBe("Succeeded");
    const later = await codeDeploy.deploy("prod", second);
    expect((await codeDeploy.end(later)).status).toBe("Succeeded");
    await (codeDeploy.s3 as S3Client).send(
      new DeleteObjectCommand({ Bucket: first.s3Location!.bucket, Key: first.s3Location!.key }),
    );
    agents.push(await startHost("web-3"));
    folders["web-1"].hold("ApplicationStart");
    const last = await codeDeploy.deploy("prod", second);
    await until("ApplicationStart on web-1", () => folders["web-1"].hasBegun(last, "ApplicationStart"));

    await loseServer();
    const restored = await restore(file, server.data);
    expect(restored.stderr).toBe("");
    expect(restored.stdout).toContain("sluice server --data");
    await server.start();
    folders["web-1"].releaseAll();
    await until("the end of the hook", () => folders["web-1"].hasEnded(last, "ApplicationStart"));

    const info = await codeDeploy.deployment(underWay);
    expect(info.status).toBe("Failed");
    expect(info.errorInformation?.message).toMatch(
      /in progress when a backup was taken \(.*restored from that backup .*What its hosts did in between is not known.*Deploy again/,
    );
    const states = (await codeDeploy.targets(underWay)).map(({ status }) => status).sort();
    expect(states.every((status) => ["Succeeded", "Unknown"].includes(status!))).toBe(true);
    expect(states).toContain("Unknown");
    await expect(codeDeploy.deployment(later)).rejects.toThrow("could not be found");
    expect(server.log()).toContain("this server was restored from a backup");

    // The bundle is there again, as the database says, and hosts of the backup are served as ever.
    const again = await codeDeploy.deploy("prod", first);
    const end = await codeDeploy.end(again);
    expect(end.status, end.errorInformation?.message).toBe("Succeeded");
    expect(end.deploymentOverview).toMatchObject({ Succeeded: 2 });
    for (const deploymentId of [underWay, later, again]) {
      expect(folders["web-1"].runs(deploymentId)).toEqual(EACH_ONCE);
      expect(folders["web-2"].runs(deploymentId)).toEqual(EACH_ONCE);
    }
    for (const runs of Object.values(folders["web-1"].runs(last))) expect(runs).toBe(1);
    const [, , newcomer] = agents;
    await until("what web-3 is told", () => /restored from a backup of .*agent enroll --force/.test(newcomer!.log()));
    expect(`${server.log()}${agents.map((agent) => agent.log()).join("")}`).not.toContain("without its data directory");
  });

  it("is restored into nothing that is in use, and from nothing that is damaged", async () => {
    const busy = await restore(file, server.data);
    expect(busy.exitCode).toBe(1);
    expect(busy.stderr).toMatch(/is not empty .*a restore overwrites nothing\. Name an empty or a new directory/);
    if (database.url) {
      const elsewhere = join(outside, "elsewhere");
      const full = await restore(file, elsewhere);
      expect(full.exitCode).toBe(1);
      expect(full.stderr).toMatch(/database/);
      expect(existsSync(elsewhere)).toBe(false);
    }
    const whole = readFileSync(file);
    const flipped = Buffer.from(whole);
    flipped[Math.floor(whole.length / 2)]! ^= 1;
    const incomplete = /is not a complete Sluice backup: .*Nothing was restored/;
    for (const [name, bytes, words] of [
      ["cut", whole.subarray(0, whole.length / 2), incomplete],
      ["flipped", flipped, incomplete],
      ["empty", Buffer.alloc(0), /is not a tar archive/],
    ] as const) {
      const damaged = join(outside, name);
      const target = join(outside, `${name}-data`);
      writeFileSync(damaged, bytes);
      const refused = await restore(damaged, target);
      expect(refused.exitCode).toBe(1);
      expect(refused.stderr).toMatch(words);
      expect(existsSync(target)).toBe(false);
    }
  });

  it("writes no backup over another file, and leaves none when it cannot be made", async () => {
    const twice = await server.run("backup", file);
    expect(twice.stderr).toMatch(/already exists. Name another file, or replace it with --force/);
    const other = join(outside, "other.tar");
    await server.kill();
    const away = await server.run("backup", other);
    expect(away.exitCode).toBe(1);
    expect(existsSync(other) || existsSync(`${other}.partial`)).toBe(false);
  });
});
