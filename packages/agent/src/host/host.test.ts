import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { appSpec, createHostFixture, type HostFixture, specification, tgz } from "./host.fixture.ts";

const GROUP = specification().DeploymentGroupId;
let fixture: HostFixture;

beforeEach(async () => {
  fixture = await createHostFixture();
});
afterEach(() => fixture.close());

function revision(version: string): Buffer {
  const say = `#!/bin/sh\necho "$LIFECYCLE_EVENT of ${version} in $(basename "$PWD")"\n`;
  const hooks = Object.fromEntries(
    ["ApplicationStop", "BeforeInstall", "AfterInstall", "ApplicationStart", "ValidateService"].map((event) => [
      event,
      ["scripts/say.sh"],
    ]),
  );
  return tgz({
    "appspec.yml": appSpec(fixture.destination, { hooks }),
    "scripts/say.sh": say,
    "app/version": version,
    [`app/only-${version}`]: "",
    "app/deep/er/file": "x",
  });
}

describe("a whole deployment", () => {
  test("runs seven events, installs the files and leaves the reference agent's layout behind", async () => {
    const outcome = await fixture.deploy("d-AAAAAAAA1", revision("one"));
    expect(outcome).toMatchObject({ errorCode: 0, message: "Succeeded" });
    expect(readFileSync(join(fixture.destination, "version"), "utf8")).toBe("one");
    const directory = join(fixture.root, GROUP, "d-AAAAAAAA1");
    expect(readdirSync(directory).sort()).toEqual([
      "archive-attributes.json",
      "bundle.json",
      "bundle.tar",
      "deployment-archive",
      "logs",
    ]);
    const instructions = join(fixture.root, "deployment-instructions");
    expect(readdirSync(instructions).sort()).toEqual([
      `${GROUP}-cleanup`,
      `${GROUP}-install.json`,
      `${GROUP}_last_successful_install`,
      `${GROUP}_most_recent_install`,
    ]);
    expect(readFileSync(join(instructions, `${GROUP}_last_successful_install`), "utf8")).toBe(directory);
    expect(readFileSync(join(instructions, `${GROUP}_most_recent_install`), "utf8")).toBe(directory);
    expect(readFileSync(join(directory, "logs/scripts.log"), "utf8")).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d LifecycleEvent - BeforeInstall\n.* Script - scripts\/say.sh\n.* \[stdout\]BeforeInstall of one in deployment-archive\n/,
    );
    expect(readFileSync(join(fixture.root, "deployment-logs/codedeploy-agent-deployments.log"), "utf8")).toMatch(
      /^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}\] \[d-AAAAAAAA1\]LifecycleEvent - BeforeInstall\n/,
    );
  });

  test("the next one stops the application with the previous revision's script and removes its files", async () => {
    await fixture.deploy("d-AAAAAAAA1", revision("one"));
    fixture.output.length = 0;
    await fixture.deploy("d-AAAAAAAA2", revision("two"));
    expect(fixture.text()).toMatch(/^ApplicationStop of one in deployment-archive\nBeforeInstall of two/);
    expect(existsSync(join(fixture.destination, "only-one"))).toBe(false);
    expect(existsSync(join(fixture.destination, "only-two"))).toBe(true);
  });

  test("the first deployment's ApplicationStop is nothing, and says so", async () => {
    const command = { commandName: "ApplicationStop", specification: specification(), bundleUrl: undefined };
    expect(fixture.host.isNoop(command)).toBe(true);
    expect(await fixture.run("ApplicationStop")).toEqual({
      errorCode: 0,
      scriptName: "",
      message: "Succeeded",
      log: "",
    });
  });
});

test("what a killed agent left half-made is swept away at the start, and nothing else", async () => {
  await fixture.deploy("d-AAAAAAAA1", revision("one"));
  const all = () => readdirSync(fixture.root, { recursive: true }).map(String).sort();
  fixture.host.close();
  const before = all();
  const deployment = join(fixture.root, GROUP, "d-AAAAAAAA1");
  for (const directory of [join(deployment, "deployment-archive-temp/x"), join(fixture.root, ".script-outputs-x")]) {
    mkdirSync(directory, { recursive: true });
  }
  for (const file of [join(deployment, "bundle.tar"), join(fixture.root, "deployment-instructions", "g-cleanup")]) {
    writeFileSync(`${file}.unfinished`, "");
  }
  fixture.host.sweepOnStart();
  expect(all()).toEqual(before);
});
