import { describe, expect, it } from "vitest";
import { readLambdaAppSpec } from "./lambda-app-spec.ts";
import { describeFault } from "./spec-fault.ts";

const ARN = "arn:aws:lambda:us-east-1:111122223333:function:charge";
const FULL = `version: 0.0
Resources:
  - charge:
      Type: AWS::Lambda::Function
      Properties:
        Name: "charge"
        Alias: "live"
        CurrentVersion: "1"
        TargetVersion: "2"
Hooks:
  - BeforeAllowTraffic: "CodeDeployHook_before"
  - AfterAllowTraffic: "arn:aws:lambda:us-east-1:111122223333:function:CodeDeployHook_after:live"
`;
const FROM_ALIAS = FULL.replace('CurrentVersion: "1"', "CurrentVersionFromAlias: true");

function read(text: string) {
  const reading = readLambdaAppSpec(text);
  if (reading.outcome === "faulty") throw new Error(reading.faults.map(describeFault).join("\n"));
  return reading.appSpec;
}

function faults(text: string): string[] {
  const reading = readLambdaAppSpec(text);
  return reading.outcome === "faulty" ? reading.faults.map(describeFault) : [];
}

describe("an AppSpec for Lambda", () => {
  it("is read in full", () => {
    expect(read(FULL)).toEqual({
      shift: { functionName: "charge", aliasName: "live", currentVersion: "1", targetVersion: "2" },
      hooks: {
        BeforeAllowTraffic: "CodeDeployHook_before",
        AfterAllowTraffic: "arn:aws:lambda:us-east-1:111122223333:function:CodeDeployHook_after:live",
      },
    });
  });

  it("is read as JSON, with versions as numbers", () => {
    const document = {
      version: 0.0,
      Resources: [
        {
          myLambdaFunction: {
            Type: "AWS::Lambda::Function",
            Properties: { Name: ARN, Alias: "live", CurrentVersion: 9, TargetVersion: 10 },
          },
        },
      ],
    };
    expect(read(JSON.stringify(document))).toEqual({
      shift: { functionName: ARN, aliasName: "live", currentVersion: "9", targetVersion: "10" },
      hooks: {},
    });
  });

  it("is read with keys in any letter case, and versions without quotes", () => {
    const text = FULL.replaceAll('"', "")
      .replace("Resources", "resources")
      .replace("Alias:", "alias:")
      .replace("CurrentVersion", "currentversion");
    expect(read(text).shift).toMatchObject({ aliasName: "live", currentVersion: "1" });
  });

  it.each(["true", "True", '"true"'])("leaves CurrentVersion to the alias where it says so: %s", (written) => {
    const { currentVersion, targetVersion } = read(FROM_ALIAS.replace("true", written)).shift;
    expect([currentVersion, targetVersion]).toEqual([null, "2"]);
  });

  it.each(["charge", "a-B_9", "x".repeat(64), ARN, "111122223333:function:charge"])("takes the function %s", (name) => {
    expect(read(FULL.replace('charge"', `${name}"`)).shift.functionName).toBe(name);
  });

  it.each(["live", "BLUE-1", "x".repeat(128), "1a"])("takes the alias %s", (alias) => {
    expect(read(FULL.replace('"live"', `"${alias}"`)).shift.aliasName).toBe(alias);
  });
});

describe("a faulty AppSpec for Lambda", () => {
  it("tells all its faults, each with its path, line, value and cure", () => {
    const text = `version: 2
Resources:
  - charge:
      Type: AWS::ECS::Service
      Properties:
        Name: charge
        Alias: 7
        TargetVersion: $LATEST
        Trafic: 10
Hooks:
  - BeforeAllowTrafic: one
  - AllowTraffic: two
  - BeforeInstall: three
`;
    expect(faults(text)).toEqual([
      "version (line 1) is the number 2: write 0.0",
      expect.stringMatching(
        /^Resources\[0\]\.charge\.Type \(line 4\) is "AWS::ECS::Service": .*write AWS::Lambda::Function$/,
      ),
      expect.stringMatching(
        /Properties\.Trafic \(line 9\) is not known here: use Name, Alias, CurrentVersion, TargetVersion/,
      ),
      expect.stringMatching(
        /Properties\.Alias \(line 7\) is the number 7, not a text: put it in quotes, or name the alias/,
      ),
      "Resources[0].charge.Properties.CurrentVersion (line 6) is missing: give the version that the alias points at (aws lambda get-alias --function-name charge --name ALIAS), or write CurrentVersionFromAlias: true, with which it is the version that the alias points at when the deployment starts",
      'Resources[0].charge.Properties.TargetVersion (line 8) is "$LATEST", which is not published: publish it with aws lambda publish-version --function-name charge, and give its number',
      expect.stringMatching(/^Hooks\[0\]\.BeforeAllowTrafic \(line 11\) .* Did you mean BeforeAllowTraffic\?/),
      expect.stringMatching(/^Hooks\[1\]\.AllowTraffic \(line 12\) is an event that the deployment carries out itself/),
      expect.stringMatching(/^Hooks\[2\]\.BeforeInstall \(line 13\) is no event that has a hook/),
    ]);
  });

  it.each([
    [
      "names nothing",
      FULL.replace(/ {8}.*\n/g, "        Other: 1\n"),
      "Name (line 6) is missing: give the function's name",
    ],
    ["has an empty name", FULL.replace('"charge"', '""'), "is empty: give the function's name"],
    ["names no function", FULL.replace('"charge"', '"my function"'), 'is "my function", which is no function\'s name'],
    ["has a name of 65 letters", FULL.replace('"charge"', "x".repeat(65)), "which is no function's name"],
    ["names a version of the function", FULL.replace('"charge"', '"charge:2"'), "with a version or an alias behind"],
    ["names an alias by ARN", FULL.replace('"charge"', `"${ARN}:live"`), "with a version or an alias behind"],
    ["has a placeholder", FULL.replace('"charge"', '"{{function}}"'), "a placeholder that nobody has filled in"],
    ["has an alias of digits", FULL.replace('"live"', '"12"'), "not digits alone"],
    ["has an alias with a point", FULL.replace('"live"', '"v1.2"'), "which is no alias' name"],
    ["has a version 0", FULL.replace('"2"', '"0"'), 'is "0": give the number of a published version'],
    ["has half a version", FULL.replace('"2"', "2.5"), "is 2.5: give the number of a published version"],
    ["has a version in letters", FULL.replace('"2"', '"two"'), 'is "two": give the number of a published version'],
    ["has a version of true", FULL.replace('"2"', "true"), "is true, not a text"],
    [
      "has the versions in a placeholder",
      FULL.replace('"2"', '"<VERSION>"'),
      'TargetVersion (line 9) is "<VERSION>", a placeholder that nobody has filled in',
    ],
    [
      "shifts nothing",
      FULL.replace('"2"', "1"),
      "TargetVersion (line 9) is 1, and so is CurrentVersion: there is nothing to shift. Publish a new version with aws lambda publish-version --function-name charge, and give its number",
    ],
    [
      "gives the current version twice",
      FULL.replace('"2"', '"2"\n        CurrentVersionFromAlias: true'),
      "CurrentVersionFromAlias (line 10) is true, and CurrentVersion is given, too: keep one of the two",
    ],
    [
      "does not want it from the alias",
      FROM_ALIAS.replace("true", "false"),
      "CurrentVersionFromAlias (line 8) is false: write true, or leave it out and give CurrentVersion",
    ],
    ["wants it from elsewhere", FROM_ALIAS.replace("true", "live"), 'is "live": write true, or leave it out'],
    ["wants it by a number", FROM_ALIAS.replace("true", "1"), "is the number 1: write true, or leave it out"],
    ["is of hosts", "version: 0.0\nos: linux\nfiles: []\n", "belongs to AppSpecs of the compute platform Server"],
  ])("that %s", (_name, text, words) => {
    expect(faults(text).join("\n")).toContain(words);
  });
});
