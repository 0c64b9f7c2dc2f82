import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startKnownAgent } from "../installation/sluice-agent.fixture.ts";
import {
  cleanEnvironment,
  runProgram,
  SLUICE,
  type SluiceServer,
  startSluiceServer,
} from "../installation/sluice-server.fixture.ts";
import { until } from "../installation/until.fixture.ts";

let folder: string;
let server: SluiceServer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sluice-e2e-first-"));
  server = await startSluiceServer();
});
afterAll(async () => {
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

const shell = (script: string) => runProgram("sh", ["-c", script], cleanEnvironment());

it("lets `sluice env` wait for the server that was started just before it", async () => {
  const data = join(folder, "starting");
  const { stdout } = await promisify(execFile)(
    "sh",
    [
      "-c",
      `"${SLUICE}" server --data "${data}" --listen 127.0.0.1:0 >"${folder}/log" 2>&1 & eval "$("${SLUICE}" env --data "${data}")"; echo "$? $AWS_PROFILE"; kill $!; wait`,
    ],
    { env: cleanEnvironment() },
  );
  expect(stdout).toBe("0 sluice\n");
});

it("makes eval fail where `sluice env` fails, so that nothing goes on with another profile", async () => {
  const { exitCode, stdout, stderr } = await shell(
    `eval "$("${SLUICE}" env --data "${folder}/nowhere")" && echo it went on`,
  );
  expect([exitCode, stdout]).toEqual([1, ""]);
  expect(stderr).toContain("waiting 15 s for a server to start");
  expect(stderr).toContain("nowhere/aws/config does not exist: the server creates it at its first start");
  expect((await shell(`cd "${folder}" && eval "$("${SLUICE}" env)" && echo it went on`)).exitCode).toBe(1);
});

it("exits with 2 for a value that an option does not take, and names what it takes", async () => {
  const refused = async (...args: string[]) => {
    const { exitCode, stderr } = await runProgram(
      SLUICE,
      ["server", "--listen", "127.0.0.1:0", "--data", join(folder, "wrong"), ...args],
      cleanEnvironment(),
    );
    expect(exitCode, args[0]).toBe(2);
    return stderr.trim();
  };
  expect(await refused("--log-level", "loud")).toContain(
    "error: option '--log-level <level>' argument 'loud' is invalid. Allowed choices are trace, debug, info, warn, error, fatal, silent.",
  );
  expect(await refused("--account-id", "12")).toContain("--account-id is '12'; it must be 12 digits");
  expect(await refused("--region", "Mars")).toContain("--region is 'Mars'");
  expect(await refused("--database", "mysql://x")).toContain("--database is not postgres://");
});

it("names the command whose help it means", async () => {
  const { stderr } = await runProgram(SLUICE, ["agent", "enroll"], cleanEnvironment());
  expect(stderr).toContain("(see: sluice agent enroll --help)");
});

it("says to restart the agent that runs when its host is enrolled anew", async () => {
  const data = join(folder, "host");
  const enroll = async (...args: string[]) => {
    const token = (await server.sluice("token", "create")).trim();
    const command = ["agent", "enroll", "--server", server.url(), "--token", token, "--data", data, "--name", "web-1"];
    return runProgram(SLUICE, [...command, ...args], cleanEnvironment());
  };
  expect((await enroll()).stdout).toContain(`is enrolled. Start it: sluice agent run --data ${data}`);
  const agent = startKnownAgent("web-1", data);
  try {
    await until("the agent runs", () => /the agent runs/.test(agent.log()));
    expect((await enroll("--force")).stdout).toMatch(
      /is enrolled\. Restart its agent \(process \d+\): it still uses the old enrolment\n$/,
    );
  } finally {
    await agent.close();
  }
});
