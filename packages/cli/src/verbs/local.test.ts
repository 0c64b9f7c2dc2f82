import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runProgram } from "../program.ts";
import { VERBS } from "../verb-table.ts";

let printed: string;
let base: string;
beforeEach(() => {
  printed = "";
  base = mkdtempSync(join(tmpdir(), "sluice-local-"));
  chmodSync(base, 0o755);
  const write = (text: unknown) => {
    printed += String(text);
    return true;
  };
  vi.spyOn(process.stdout, "write").mockImplementation(write);
  vi.spyOn(process.stderr, "write").mockImplementation(write);
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  rmSync(base, { recursive: true, force: true });
});

async function local(...words: readonly string[]): Promise<{ readonly status: number; readonly text: string }> {
  printed = "";
  process.exitCode = undefined;
  await runProgram(["local", "--data", join(base, "data"), ...words], VERBS);
  return { status: Number(process.exitCode ?? 0), text: printed };
}

function revision(files: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(base, "revision-"));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(directory, name, ".."), { recursive: true });
    writeFileSync(join(directory, name), content, { mode: content.startsWith("#!") ? 0o755 : 0o644 });
  }
  return directory;
}

function appSpecOf(hooks: readonly string[]): string {
  const events = hooks.map((event) => `  ${event}:\n    - location: note.sh\n      timeout: 60\n`);
  return `version: 0.0\nos: linux\nfiles:\n  - source: app\n    destination: ${join(base, "installed")}\nhooks:\n${events.join("")}`;
}

const INSTRUCTIONS = "deployment-instructions/default-local-deployment-group-install.json";

/** Every path, with what changes when something is done to it. */
function treeOf(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .map((path) => `${path} ${lstatSync(join(directory, path)).ctimeMs}`)
    .sort();
}

function belowArchive<Step extends { readonly source?: string }>(step: Step): Step {
  const { source } = step;
  return source === undefined ? step : { ...step, source: source.slice(source.indexOf("/deployment-archive/") + 20) };
}

const isInstruction = ({ type }: { readonly type: string }) => type !== "remove";

const notes = () => readFileSync(join(base, "notes"), "utf8");

it("takes a directory for deployments from where it is run", async () => {
  const files = { "appspec.yml": appSpecOf(["AfterInstall"]), app: "app", "note.sh": "#!/bin/sh\npwd\n" };
  const data = relative(process.cwd(), join(base, "data"));
  expect(await local("--data", data, "--bundle-location", revision(files))).toMatchObject({ status: 0 });
  const pointer = "deployment-instructions/default-local-deployment-group_last_successful_install";
  expect(readFileSync(join(base, "data", pointer), "utf8")).toMatch(new RegExp(`^${base}/data/`));
});
const noteScript = () =>
  `#!/bin/sh\necho "$LIFECYCLE_EVENT $APPLICATION_NAME $DEPLOYMENT_GROUP_NAME $DEPLOYMENT_GROUP_ID \${BUNDLE_BUCKET-none}" >> ${join(base, "notes")}\n`;

describe("sluice local", () => {
  it("installs a directory, and with the next revision stops the one before and removes its files", async () => {
    const hooks = ["ApplicationStop", "BeforeInstall", "AfterInstall", "ValidateService", "MyCheck"];
    const first = revision({ "appspec.yml": appSpecOf(hooks.slice(0, 4)), "note.sh": noteScript(), "app/one": "1" });
    const installed = await local("-l", first, "-g", "shop");
    expect(installed.text).toMatch(/^d-[A-Z0-9]{9}-local: .*\n(BeforeBlockTraffic +has nothing to run\n)/);
    expect(installed.text).toMatch(/Succeeded\. The log of its scripts: .*\/shop\/d-\w+-local\/logs\/scripts\.log\n$/);
    expect(installed.status).toBe(0);
    expect(notes()).toBe(
      ["BeforeInstall", "AfterInstall", "ValidateService"]
        .map((event) => `${event} ${first} LocalFleet shop none\n`)
        .join(""),
    );

    rmSync(join(base, "notes"));
    const second = revision({ "appspec.yml": appSpecOf(hooks), "note.sh": noteScript(), "app/two": "2" });
    const names = ["-a", "store", "-d", "tills"];
    const again = await local("-l", second, "-g", "shop", ...names, "-e", "ApplicationStop,DownloadBundle,MyCheck");
    expect(again.status, again.text).toBe(0);
    // Install is missing from the list, and so comes first of the two: DownloadBundle takes its place.
    expect(again.text).toMatch(/DownloadBundle .*\nApplicationStop .*\nInstall .*\nMyCheck /);
    expect(notes()).toBe("ApplicationStop store tills shop none\nMyCheck store tills shop none\n");
    expect(readdirSync(join(base, "installed"))).toEqual(["two"]);
  });

  it("says what it would do, does that when it is asked to, and changes nothing before", async () => {
    const first = revision({
      "appspec.yml": appSpecOf(["ApplicationStop"]),
      "note.sh": noteScript(),
      "app/old/one": "1",
      "app/kept": "1",
    });
    const dry = await local("-l", first, "--dry-run");
    expect(dry.status, dry.text).toBe(0);
    expect(readdirSync(base)).not.toContain("data");
    await local("-l", first);
    writeFileSync(join(base, "installed", "mine"), "");

    const permissions = `permissions:\n  - object: ${join(base, "installed")}\n    pattern: "*.y"\n    mode: 640\n    type: [file]\n`;
    const files = { "app/new/two": "2", "app/kept": "2", "app/x.y": "3" };
    const second = revision({
      "appspec.yml": `${appSpecOf(["AfterInstall"])}${permissions}`,
      "note.sh": noteScript().slice(1),
      ...files,
    });
    const before = treeOf(base);
    const { text } = await local("-l", second, "--dry-run");
    expect(text).toMatch(/^ApplicationStop would run, of d-\w{9}-local\n {2}run {5}note\.sh \(for at most 60 s\)$/m);
    expect(text).toContain(`  remove  ${join(base, "installed/old")}\n`);
    expect(text).toContain(`  chmod   640 ${join(base, "installed/x.y")}\n`);
    expect(text).toMatch(
      /^AfterInstall would run, of the new revision\n {2}run {5}note\.sh .*made executable first\)$/m,
    );
    const { events } = JSON.parse((await local("-l", second, "--dry-run", "--json")).text);
    expect(treeOf(base)).toEqual(before);

    await local("-l", second, "-e", "Install");
    const { steps } = events.find(({ event }: { readonly event: string }) => event === "Install");
    const made = JSON.parse(readFileSync(join(base, "data", INSTRUCTIONS), "utf8")).instructions.map(belowArchive);
    expect(
      steps.filter(isInstruction).map(({ replaces: _, ...step }: { readonly replaces?: boolean }) => step),
    ).toEqual(made);
    const removed = steps.filter(({ type }: { readonly type: string }) => type === "remove");
    expect(removed.map(({ path }: { readonly path: string }) => path).sort()).toEqual(
      ["installed/kept", "installed/old", "installed/old/one"].map((path) => join(base, path)),
    );
    expect(readdirSync(join(base, "installed")).sort()).toEqual(["kept", "mine", "new", "x.y"]);
  });

  it("says of a deployment that would fail where and why", async () => {
    const directory = revision({ "appspec.yml": appSpecOf(["AfterInstall"]), "app/one": "1" });
    const missing = await local("-l", directory, "--dry-run");
    expect(missing.text).toMatch(
      /AfterInstall would fail: Script does not exist at specified location: \S+\/data\/\S+\/note\.sh\n$/,
    );
    expect(missing.status).toBe(1);
    mkdirSync(join(base, "installed"));
    writeFileSync(join(base, "installed", "one"), "mine");
    const taken = await local("-l", directory, "--dry-run");
    expect(taken.text).toContain("Install would fail: The deployment failed because a specified file already exists");
    expect((await local("-l", directory, "--dry-run", "-b", "overwrite")).text).toMatch(
      /^ {2}replace .*\/installed\/one /m,
    );
  });

  it("brings back what a revision replaced, and names it before", async () => {
    mkdirSync(join(base, "installed"));
    writeFileSync(join(base, "installed", "one"), "mine");
    const first = revision({ "appspec.yml": appSpecOf([]), "app/one": "1" });
    expect((await local("-l", first, "-b", "OVERWRITE")).status).toBe(0);
    const second = revision({ "appspec.yml": appSpecOf([]), "app/two": "2" });
    const { text } = await local("-l", second, "--dry-run");
    expect(text).toContain(`  restore ${join(base, "installed/one")} (which an earlier revision replaced)\n`);
    expect((await local("-l", second)).status).toBe(0);
    expect(readFileSync(join(base, "installed", "one"), "utf8")).toBe("mine");
  });

  it("ends at the event that fails, with the end of its output and exit status 1", async () => {
    const failing = { "note.sh": "#!/bin/sh\necho the cause >&2\nexit 3\n", "app/one": "1" };
    const onFailure = `  OnFailure:\n    - location: tell.sh\n`;
    const told = `#!/bin/sh\necho "$FAILED_LIFECYCLE_EVENT $FAILED_EXIT_CODE" > ${join(base, "notes")}\n`;
    const directory = revision({
      "appspec.yml": `${appSpecOf(["BeforeInstall"])}${onFailure}`,
      ...failing,
      "tell.sh": told,
    });
    const { status, text } = await local("-l", directory);
    expect(status).toBe(1);
    expect(text).toContain("BeforeInstall failed: Script at specified location: note.sh failed with exit code 3\n");
    expect(text).toContain("  [stderr]the cause\n");
    expect(text).not.toMatch(/^Install/m);
    expect(notes()).toBe("BeforeInstall 3\n");

    const json = await local("-l", directory, "--json");
    expect(JSON.parse(json.text)).toMatchObject({
      status: "Failed",
      deploymentGroupId: "default-local-deployment-group",
    });
  });

  it("fetches from S3 with the key and from the endpoint of the AWS environment", async () => {
    const files = { "appspec.yml": appSpecOf(["AfterInstall"]), "note.sh": noteScript(), "app/one": "1" };
    const { tgz } = await import("@sluice/agent/host/host.fixture.ts");
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url, request.headers.authorization?.split("/", 1)[0]);
      response.setHeader("etag", '"e1"').end(tgz(files));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      for (const name of ["AWS_PROFILE", "AWS_SESSION_TOKEN"]) vi.stubEnv(name, undefined);
      vi.stubEnv("AWS_CONFIG_FILE", join(base, "none"));
      vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", join(base, "none"));
      vi.stubEnv("AWS_ACCESS_KEY_ID", undefined);
      vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
      const refused = await local("-l", "s3://revisions/shop.tgz");
      expect(refused.text).toContain("DownloadBundle failed: The bundle s3://revisions/shop.tgz cannot be downloaded");
      expect(refused.text).toContain("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of the agent's environment: not set");
      vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
      vi.stubEnv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI");
      vi.stubEnv("AWS_REGION", "eu-west-1");
      vi.stubEnv("AWS_ENDPOINT_URL_S3", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      const { status, text } = await local("-l", "s3://revisions/shop.tgz?versionId=v1&etag=e1");
      expect(status, text).toBe(0);
      expect(asked).toEqual(["/revisions/shop.tgz?versionId=v1", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE"]);
      expect(notes()).toContain(" revisions\n");
    } finally {
      vi.unstubAllEnvs();
      server.close();
    }
  });

  it("runs nothing of an AppSpec with a hook for an event that will not come", async () => {
    const directory = revision({
      "appspec.yml": appSpecOf(["BeforeInstall", "AfterInstal"]),
      "note.sh": noteScript(),
      "app/one": "1",
    });
    const { status, text } = await local("-l", directory);
    expect(status).toBe(1);
    expect(text).toContain(
      'DownloadBundle failed: appspec.yml file contains unknown lifecycle events: ["AfterInstal"]',
    );
    expect(() => notes()).toThrow("ENOENT");
  });

  it("takes its directory and limits from the AWS agent's file, and names what it has no use for", async () => {
    const directory = revision({ "appspec.yml": appSpecOf(["AfterInstall"]), "note.sh": noteScript(), "app/one": "1" });
    const root = join(base, "deployment-root");
    const file = join(base, "codedeployagent.yml");
    writeFileSync(file, `---\n:root_dir: '${root}' # here\n:max_revisions: 2\n:wait_between_runs: 1\n`);
    printed = "";
    await runProgram(["local", "-l", directory, "-c", file], VERBS);
    expect(printed).toContain("settings of the AWS agent's own process: wait_between_runs\n");
    expect(readdirSync(root)).toContain("deployment-instructions");
  });

  it.each([
    [["--type", "rpm"], '--type "rpm" is none of tgz, tar, zip, directory.'],
    [["-l", "/nowhere"], '--bundle-location "/nowhere" does not exist.'],
    [["-l", "http://x/y.zip"], "cannot be http: only encrypted URLs (https) are read. Write https://."],
    [["-l", "ftp://x/y.zip"], "is neither a path, nor s3://BUCKET/KEY, nor a repository on GitHub."],
    [["-l", "s3://bucket"], "is not of the form s3://BUCKET/KEY"],
    [["-l", "s3://b/k.zip?version=1"], 'has the parameter "version"; versionId and etag are known.'],
    [["-l", "s3://b/k"], "does not say what it is. Add --type tgz, tar or zip."],
    [["-l", "https://example.org/a/b"], "is no repository on GitHub."],
    [["-l", "https://github.com/o/r", "-t", "tgz"], "--type tgz is nothing that GitHub has."],
    [["-l", "/etc/passwd", "-t", "directory"], "is a file, but --type is directory."],
    [["-l", "/etc", "-t", "zip"], "is a directory, but --type is zip."],
    [["-l", "/etc"], "has no appspec.yml or appspec.yaml."],
    [["-l", "/etc", "-A", "deploy.yml"], "has no deploy.yml."],
    [["-g", "../up"], '--deployment-group "../up" cannot be the name of a directory.'],
    [["-b", "IGNORE"], '--file-exists-behavior "IGNORE" is none of DISALLOW, OVERWRITE, RETAIN.'],
    [["-e", "ApplicationStart,DownloadBundle"], "ApplicationStart comes before DownloadBundle, but only"],
    [["-e", "AfterInstall,Install"], "AfterInstall comes before Install, but only"],
    [["-e", "ApplicationStop,,Install"], '"" is no name of an event.'],
    [["-c", "/nowhere.yml"], "--agent-configuration-file /nowhere.yml cannot be read (ENOENT"],
    [["--no-such-option"], "error: unknown option '--no-such-option'"],
  ])("refuses %j", async (words, said) => {
    const text = words.includes("-l") ? [] : ["-l", revision({ "appspec.yml": appSpecOf(["AfterInstall"]) })];
    const refused = await local(...text, ...words);
    expect(refused.text).toContain(said);
    expect(refused.status).toBe(1);
    expect(readdirSync(base)).not.toContain("data");
  });
});
