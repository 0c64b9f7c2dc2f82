import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeEnrolment } from "./identity/enrolment-files.ts";
import { AGENT_SOCKET_NAME } from "./process/single-instance.ts";
import { readAgentStatus } from "./status.ts";

/** Root asks for the status of a directory that another user owns, who has put anything there. */
let directory: string;
let server: Server | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "sluice-status-"));
  writeEnrolment(directory, {
    server: "http://127.0.0.1:1",
    region: "us-east-1",
    accountId: "111122223333",
    hostId: "i-1",
    hostName: "web-1",
    hostIdentifier: "arn:aws:ec2:us-east-1:111122223333:instance/i-1",
    onPremises: false,
    serverFingerprints: [],
    signingCertificate: "certificate",
    credentials: { accessKeyId: "AKIA", secretAccessKey: "secret" },
  });
});
afterEach(async () => {
  if (server) await new Promise((resolve) => server?.close(resolve));
  server = undefined;
  rmSync(directory, { recursive: true, force: true });
});

async function answerWith(answer: (socket: Socket) => void): Promise<void> {
  server = createServer((socket) => {
    socket.on("error", () => undefined);
    answer(socket);
  });
  await new Promise<void>((resolve) => server?.listen(join(directory, AGENT_SOCKET_NAME), resolve));
}

for (const answer of [
  "null",
  "7",
  "[]",
  "{}",
  '{"processId":"1","heldCommands":[]}',
  '{"processId":1,"heldCommands":[null]}',
]) {
  test(`what answers ${answer} is not taken for an agent`, async () => {
    await answerWith((socket) => socket.end(answer));
    expect((await readAgentStatus(directory)).running).toEqual({});
  });
}

test("an answer that comes byte by byte for ever is not waited for", async () => {
  await answerWith((socket) => {
    const timer = setInterval(() => socket.write(" "), 50);
    socket.on("close", () => clearInterval(timer));
  });
  expect((await readAgentStatus(directory)).running).toEqual({});
});

for (const name of ["agent.json", "credentials.json", "signing-certificate.pem"]) {
  test(`a pipe as ${name} is not waited for, and a device is not read`, () => {
    const path = join(directory, name);
    // Another process, since what waits for a pipe can only be killed.
    const module = JSON.stringify(join(import.meta.dirname, "identity/enrolment-files.ts"));
    const program = `const { readEnrolment } = await import(${module});
      try { readEnrolment(${JSON.stringify(directory)}); } catch (error) { console.log(error.message); }`;
    for (const put of [() => execFileSync("mkfifo", [path]), () => symlinkSync("/dev/zero", path)]) {
      rmSync(path);
      put();
      const done = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
        encoding: "utf8",
        timeout: 10_000,
      });
      expect(`${done.stdout}${done.stderr}`).toContain(`${directory}: ${name} is not a file. Enrol this host first`);
    }
  });
}

test("an enrolment replaces a pipe without waiting for it", () => {
  rmSync(join(directory, "agent.json"));
  execFileSync("mkfifo", [join(directory, "agent.json")]);
  const module = JSON.stringify(join(import.meta.dirname, "identity/enrolment-files.ts"));
  const program = `const { writeEnrolment } = await import(${module});
    writeEnrolment(${JSON.stringify(directory)}, { hostId: "i-2", credentials: {}, signingCertificate: "" }, { force: true });`;
  const done = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
    encoding: "utf8",
    timeout: 10_000,
  });
  expect(done).toMatchObject({ status: 0, stderr: "" });
  expect(JSON.parse(readFileSync(join(directory, "agent.json"), "utf8"))).toEqual({ hostId: "i-2" });
});
