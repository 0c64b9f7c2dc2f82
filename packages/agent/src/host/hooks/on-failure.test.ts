import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { DeploymentSpecification } from "@sluice/model/deployment-specification.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { appSpec, createHostFixture, type HostFixture, specification, tgz } from "../host.fixture.ts";
import { createHost } from "../host.ts";
import type { CommandOutcome } from "../lifecycle-command.ts";

let fixture: HostFixture;

beforeEach(async () => {
  fixture = await createHostFixture();
});
afterEach(() => fixture.close());

const told = () => join(fixture.root, "told");
const TELL =
  '#!/bin/sh\necho "cleaning up"\n' +
  'echo "$LIFECYCLE_EVENT|$FAILED_LIFECYCLE_EVENT|$FAILED_SCRIPT|$FAILED_ERROR_CODE|$(printenv FAILED_EXIT_CODE || echo none)|$FAILED_REASON" >> ';

/** A revision of which an event's script is as given, with the hook. */
function revision(event: string, script: string, onFailure = `${TELL}${told()}\n`): Buffer {
  return tgz({
    "appspec.yml": appSpec(fixture.destination, { hooks: { [event]: ["fail.sh"], OnFailure: ["clean.sh"] } }),
    "app/file": "x",
    "fail.sh": `#!/bin/sh\n${script}\n`,
    "clean.sh": onFailure,
  });
}

/** As the agent does it: the hook after the first event that failed. */
async function deploy(bundle: Buffer, changes: Partial<DeploymentSpecification> = {}) {
  const outcome = await fixture.deploy("d-1", bundle, changes);
  const event =
    ["BeforeInstall", "AfterInstall", "ApplicationStop"].find((name) => outcome.message.includes(name)) ?? "";
  return { outcome, event };
}

function afterFailure(event: string, outcome: CommandOutcome, changes: Partial<DeploymentSpecification> | null = {}) {
  const { DeploymentGroupId: deploymentGroupId } = specification();
  return fixture.host.afterFailure(
    {
      deploymentId: "d-1",
      deploymentGroupId,
      event,
      outcome,
      specification: changes === null ? undefined : specification({ DeploymentId: "d-1", ...changes }),
    },
    { write: (chunk) => void fixture.output.push(chunk) },
    new AbortController().signal,
  );
}

test("the hook runs once, with the event, the script and its exit code, and its output is told", async () => {
  const { outcome } = await deploy(revision("BeforeInstall", "exit 3"));
  expect(outcome).toMatchObject({ errorCode: 4, exitCode: 3 });
  await afterFailure("BeforeInstall", outcome);
  await afterFailure("BeforeInstall", outcome);
  expect(readFileSync(told(), "utf8")).toBe(
    "OnFailure|BeforeInstall|fail.sh|ScriptFailed|3|Script at specified location: fail.sh failed with exit code 3\n",
  );
  expect(fixture.text()).toContain(
    "OnFailure runs, because BeforeInstall failed.\ncleaning up\nOnFailure has ended.\n",
  );
});

test("its own failure is told beside the first cause, and its time is bounded by its own time-out", async () => {
  const slow = "#!/bin/sh\nexec sleep 600\n";
  const bundle = tgz({
    "appspec.yml": `version: 0.0\nos: linux\nhooks:\n  BeforeInstall:\n    - location: fail.sh\n  OnFailure:\n    - location: slow.sh\n      timeout: 1\n`,
    "fail.sh": "#!/bin/sh\nexit 3\n",
    "slow.sh": slow,
  });
  const { outcome } = await deploy(bundle);
  await afterFailure("BeforeInstall", outcome);
  expect(outcome.message).toBe("Script at specified location: fail.sh failed with exit code 3");
  expect(fixture.text()).toContain(
    "OnFailure failed, which changes nothing about why BeforeInstall did: Script at specified location: slow.sh failed to complete in 1 seconds\n",
  );
});

test("after the agent was killed in an event, the next one runs it from what the first left on the disk", async () => {
  fixture.bundle = revision("AfterInstall", "exit 0");
  for (const event of ["DownloadBundle", "BeforeInstall"])
    await fixture.run(event, { DeploymentId: "d-1", GitHubAccessToken: "t0ken" });
  const left = readFileSync(
    join(fixture.root, specification().DeploymentGroupId, "d-1", "on-failure-d-1.json"),
    "utf8",
  );
  expect(left).not.toContain("t0ken");
  const killed = { errorCode: 7, scriptName: "", message: "Failing in-progress lifecycle event", log: "" } as const;
  const next = createHost({ directory: fixture.root });
  const { DeploymentGroupId: deploymentGroupId } = specification();
  await next.afterFailure(
    { deploymentId: "d-1", deploymentGroupId, event: "Install", outcome: killed },
    { write: () => {} },
    new AbortController().signal,
  );
  next.close();
  expect(readFileSync(told(), "utf8")).toBe(
    "OnFailure|Install||UnknownError|none|Failing in-progress lifecycle event\n",
  );
});

test("a script whose location has a zero byte is refused with the bundle, and so is a user's", async () => {
  for (const script of ['location: "fail\\0.sh"', 'location: fail.sh\n      runas: "a\\0b"']) {
    fixture.bundle = tgz({
      "appspec.yml": `version: 0.0\nos: linux\nhooks:\n  AfterInstall:\n    - ${script}\n`,
      "fail.sh": "#!/bin/sh\n",
    });
    const { message } = await fixture.run("DownloadBundle", { DeploymentId: "d-1" });
    expect(message).toMatch(/ of (a|the) script.* has a zero byte \(".*\\u0000.*"\)/);
    expect(message).not.toContain("\0");
    expect(existsSync(join(fixture.root, specification().DeploymentGroupId, "d-1", "deployment-archive"))).toBe(false);
  }
});

test("nothing runs before the revision is on the host, of a deployment that nobody knows, or where the failure is forgiven", async () => {
  const outcome = { errorCode: 4, scriptName: "s", message: "m", log: "" } as const;
  await afterFailure("ApplicationStop", outcome);
  await afterFailure("ApplicationStop", outcome, null);
  fixture.bundle = revision("BeforeInstall", "exit 0");
  await fixture.run("DownloadBundle", { DeploymentId: "d-1" });
  await afterFailure("ApplicationStop", outcome, { IgnoreApplicationStopFailures: true });
  expect(existsSync(told())).toBe(false);
  expect(fixture.text()).toBe("");
});
