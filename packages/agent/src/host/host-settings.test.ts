import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type Enrolment, writeEnrolment } from "../identity/enrolment-files.ts";
import { createAgentLog } from "../process/agent-log.ts";
import { runAgent } from "../run-agent.ts";
import { ARCHIVE_LIMITS } from "./archive/archive-limits.ts";
import { completeHostConfig } from "./host-config.ts";
import { checkHostSettings, WrongHostSetting } from "./host-settings.ts";

const told = (settings: Readonly<Record<string, unknown>>) => {
  try {
    checkHostSettings(settings, "/a/agent.json");
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
};

// With the AWS agent, max_revisions: 0 stops every later deployment (aws-codedeploy-agent, issue 57).
it.each([
  [{ maxRevisions: 0 }, "/a/agent.json: host.maxRevisions is 0; give a whole number of 1 or more."],
  [{ maxRevisions: "3" }, '/a/agent.json: host.maxRevisions is "3"; give a whole number'],
  [{ maxBundleEntries: "1e6" }, '/a/agent.json: host.maxBundleEntries is "1e6"; give a whole number of 1 or more.'],
  [{ maxUnpackedRatio: 0.5 }, "/a/agent.json: host.maxUnpackedRatio is 0.5; give a whole number"],
  [{ strictScripts: "no" }, '/a/agent.json: host.strictScripts is "no"; give true or false, without quotes.'],
  [{ scriptEnvironment: "JAVA_HOME" }, '/a/agent.json: host.scriptEnvironment is "JAVA_HOME"; give a list of names'],
  [{ s3Endpoint: "minio.example:9000" }, '/a/agent.json: host.s3Endpoint is "minio.example:9000"; give a URL'],
  [{ gitHubBaseUrl: null }, "/a/agent.json: host.gitHubBaseUrl is null; give a URL"],
  [{ noProxy: ".example" }, '/a/agent.json: host.noProxy is ".example"; give a list of names and networks'],
  [{ keep: 3 }, '/a/agent.json: "host" has no setting keep; it takes maxRevisions, maxRevisionBytes,'],
])(
  "a setting that the agent does not take is named with the file, its value and what to give: %j",
  (settings, words) => {
    expect(told(settings)).toContain(words);
  },
);

it("secrets are in no message", () => {
  for (const settings of [{ gitHubToken: 1234 }, { proxy: ["http://me:1234@proxy"] }, { s3Credentials: ["1234"] }]) {
    expect(told(settings)).toMatch(/^\/a\/agent\.json: host\.[a-zA-Z0-9]+ cannot be used; give /);
    expect(told(settings)).not.toContain("1234");
  }
});

it("what the agent takes is not spoken of", () => {
  const s3Credentials = { accessKeyId: "a", secretAccessKey: "b", region: "c" };
  const urls = { s3Endpoint: "http://127.0.0.1:9000", gitHubBaseUrl: "https://github.example/api/v3" };
  const proxies = { proxy: "", noProxy: ["10.0.0.0/8"] };
  const sizes = { maxBundleBytes: 2 ** 40, maxBundleEntries: 1, maxUnpackedBytes: 1, maxUnpackedRatio: 1_000 };
  const others = { ...sizes, maxRevisions: 1, strictScripts: true, scriptEnvironment: ["A", "B_*"], gitHubToken: "t" };
  expect(told({ ...others, ...urls, ...proxies, s3Credentials })).toBeUndefined();
  expect(told({})).toBeUndefined();
});

it("limits of bundles have the names of agent.json there, and their defaults without them", () => {
  expect(completeHostConfig({ maxBundleEntries: 3, maxUnpackedRatio: 1_000 }).archiveLimits).toEqual({
    ...ARCHIVE_LIMITS,
    entries: 3,
    ratio: 1_000,
  });
});

it("an agent with such a setting does not start", async () => {
  const directory = mkdtempSync(join(tmpdir(), "sluice-host-settings-"));
  try {
    const enrolment: Enrolment = {
      server: "http://127.0.0.1:1",
      region: "us-east-1",
      accountId: "111122223333",
      hostId: "i-0",
      hostName: "web-1",
      hostIdentifier: "arn:aws:ec2:us-east-1:111122223333:instance/i-0",
      onPremises: false,
      serverFingerprints: [],
      signingCertificate: "",
      credentials: { accessKeyId: "a", secretAccessKey: "b" },
      host: { maxRevisions: 0 },
    };
    writeEnrolment(directory, enrolment);
    const log = createAgentLog("text", () => {});
    await expect(runAgent({ directory, log })).rejects.toBeInstanceOf(WrongHostSetting);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
