import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  cleanEnvironment,
  runProgram,
  SLUICE,
  type SluiceServer,
  startSluiceServer,
} from "../installation/sluice-server.fixture.ts";
import { type SmallDisk, smallDisk } from "../installation/small-disk.fixture.ts";
import { until } from "../installation/until.fixture.ts";
import { type PostgresCluster, startPostgres, whyNoPostgres } from "../postgres/postgres-cluster.fixture.ts";

let folder: string;
let server: SluiceServer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sluice-e2e-mistakes-"));
  server = await startSluiceServer();
});
afterAll(async () => {
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

const sluice = (...args: string[]) => runProgram(SLUICE, args, cleanEnvironment());
const saidBy = async (result: Promise<{ exitCode: number; stderr: string }>): Promise<string> => {
  const { exitCode, stderr } = await result;
  expect(exitCode).toBe(1);
  return stderr.trim();
};

it("says what is wrong with the place of a backup, and how to mend it", async () => {
  const missing = join(folder, "missing");
  expect(await saidBy(server.run("backup", join(missing, "x.tar")))).toBe(
    `sluice: ${missing} does not exist. Create it, then try again: mkdir -m 0700 ${missing}`,
  );
  expect(await saidBy(server.run("backup", folder, "--force"))).toBe(
    `sluice: ${folder} is a directory; name a file in it: sluice backup ${join(folder, "sluice.tar")}`,
  );
});

it("writes no backup into a device or a pipe", async () => {
  // A pipe of its own: were /dev/null not refused, this test would replace it on the whole machine.
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  expect(await saidBy(server.run("backup", pipe, "--force"))).toBe(
    `sluice: ${pipe} is a device, a pipe or a socket, not a file. Name another file`,
  );
  expect(statSync(pipe).isFIFO()).toBe(true);
});

it("says that --data is a file, with the cure", async () => {
  const file = join(folder, "a-file");
  writeFileSync(file, "");
  const tar = join(folder, "for-a-file.tar");
  await server.sluice("backup", tar);
  const wanted = (code: string) =>
    `sluice: --data ${file} is not a directory: it or a part of its path is a file (${code}). Name another directory`;
  expect(await saidBy(sluice("restore", tar, "--data", file))).toBe(wanted("ENOTDIR"));
  expect(await saidBy(sluice("server", "--data", file, "--listen", "127.0.0.1:0"))).toBe(wanted("EEXIST"));
});

it("says how to start what was restored, and makes nothing of what is no backup", async () => {
  const target = join(folder, "target");
  const tar = join(folder, "good.tar");
  expect(await saidBy(sluice("restore", tar, "--data", target))).toContain(
    `sluice: ${tar} does not exist. Name a backup file`,
  );
  expect(existsSync(target)).toBe(false);
  expect(await server.sluice("backup", tar)).toMatch(/: \d+\.\d KiB, as of .*, verified\n$/);
  const { stdout } = await sluice("restore", tar, "--data", target);
  expect(stdout).toMatch(new RegExp(`: sluice server --data ${target}\n$`));
});

it("tells that it was restored until a server has started", async () => {
  const tar = join(folder, "told.tar");
  const data = join(folder, "told");
  await server.sluice("backup", tar);
  await sluice("restore", tar, "--data", data);
  const notice = "this server was restored from a backup: deployments";
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as { port: number };
  for (const _ of ["the first time", "the second time"]) {
    const said = await saidBy(sluice("server", "--data", data, "--listen", `127.0.0.1:${port}`));
    expect(said).toContain(`127.0.0.1:${port} is in use by another program`);
    expect(said).toContain(notice);
  }
  await new Promise((resolve) => other.close(resolve));
  const restored = await startSluiceServer({ known: { data, port: 0 } });
  try {
    await until("the restored server is ready", () => restored.log().includes("the server is ready"));
    expect(restored.log()).toContain(notice);
    await restored.kill();
    await restored.start();
    await until("it is ready again", () => restored.log().includes("the server is ready"));
    expect(restored.log()).not.toContain(notice);
  } finally {
    await restored.close();
  }
});

it("leaves nothing of a first start whose port is in use", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as { port: number };
  const data = join(folder, "never-started");
  const said = saidBy(sluice("server", "--data", data, "--listen", `127.0.0.1:${port}`));
  expect(await said.finally(() => other.close())).toContain(`127.0.0.1:${port} is in use by another program`);
  expect(existsSync(data)).toBe(false);
});

it("names the full disk and the command that shows it", async (context) => {
  const disk: SmallDisk | string = smallDisk();
  if (typeof disk === "string") return context.skip(true, disk);
  try {
    const tar = join(folder, "for-a-full-disk.tar");
    await server.sluice("backup", tar);
    disk.fill(statSync(tar).size / 2);
    const wanted = (path: string) =>
      `sluice: the disk of ${path} is full. Free space on it, then try again: df -h ${path}`;
    expect(await saidBy(server.run("backup", join(disk.path, "x.tar")))).toBe(wanted(disk.path));
    const data = join(disk.path, "data");
    expect(await saidBy(sluice("restore", tar, "--data", data))).toBe(wanted(data));
    expect(existsSync(data)).toBe(false);
    expect(await saidBy(sluice("server", "--data", data, "--listen", "127.0.0.1:0"))).toContain(wanted(data));
  } finally {
    disk.remove();
  }
});

describe("while PostgreSQL is away", () => {
  const whyNot = whyNoPostgres();
  let cluster: PostgresCluster | undefined;
  let away: SluiceServer | undefined;
  afterAll(async () => {
    await away?.close();
    await cluster?.stop();
  });

  it("says of a backup what every verb says, and leaves no file", async (context) => {
    context.skip(whyNot !== null, whyNot ?? "");
    cluster = await startPostgres();
    away = await startSluiceServer({ databaseUrl: await cluster.newDatabase() });
    const file = join(folder, "away.tar");
    // So that the server knows the key by heart, and the backup itself meets the missing database.
    await away.sluice("hosts", "list");
    await cluster.shutDown();
    expect(await saidBy(away.run("backup", file))).toMatch(
      /^sluice: the server refused the backup \(503\): The server cannot reach its database\./,
    );
    expect(existsSync(file)).toBe(false);
  });
});
