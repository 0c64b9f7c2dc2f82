import { describe, expect, it } from "vitest";
import { awsCommand, optionName } from "./aws-command.ts";

describe("awsCommand", () => {
  it("gives each member its option, and leaves out what is undefined", () => {
    expect(awsCommand({ verb: "create-application", input: { applicationName: "web", tags: undefined } })).toBe(
      "aws deploy create-application \\\n  --application-name web",
    );
  });

  it("quotes texts for a shell, and structures as JSON", () => {
    const input = { description: "it's new; $(rm)", ec2TagFilters: [{ Key: "Role", Value: "a b" }] };
    expect(awsCommand({ verb: "v", input })).toBe(
      `aws deploy v \\\n  --description 'it'\\''s new; $(rm)' \\\n  --ec2-tag-filters '[{"Key":"Role","Value":"a b"}]'`,
    );
  });

  it("has a flag for what is true, and one for what is not", () => {
    expect(awsCommand({ verb: "v", input: { updateOutdatedInstancesOnly: true } })).toContain(
      "--update-outdated-instances-only",
    );
    expect(awsCommand({ verb: "v", input: { ignoreApplicationStopFailures: false } })).toContain(
      "--no-ignore-application-stop-failures",
    );
  });

  it("says where a bundle is in short, unless a name would break it", () => {
    const revisionOf = (key: string) => ({
      revisionType: "S3",
      s3Location: { bucket: "sluice", key, bundleType: "zip", eTag: undefined },
    });
    expect(awsCommand({ verb: "v", input: { revision: revisionOf("web/1.zip") } })).toContain(
      "--s3-location bucket=sluice,key=web/1.zip,bundleType=zip",
    );
    expect(awsCommand({ verb: "v", input: { revision: revisionOf("a,b.zip") } })).toContain("--revision '{");
  });

  it("joins a value that begins with a dash to its option", () => {
    expect(awsCommand({ verb: "v", input: { description: "-v" } })).toContain("--description=-v");
  });

  it("gives the whole input where an option would be read as something else", () => {
    for (const input of [{ description: "file:///etc/passwd" }, { autoScalingGroups: ["-a"] }]) {
      const command = awsCommand({ verb: "v", input });
      expect(command).toContain("--cli-input-json");
      expect(command).not.toContain("--description");
    }
  });

  it("clears a list by an empty one", () => {
    expect(awsCommand({ verb: "v", input: { autoScalingGroups: [] } })).toContain("--auto-scaling-groups '[]'");
  });
});

describe("optionName", () => {
  it.each([
    ["applicationName", "application-name"],
    ["ec2TagSet", "ec2-tag-set"],
    ["onPremisesInstanceTagFilters", "on-premises-instance-tag-filters"],
    ["ResourceArn", "resource-arn"],
    ["ecsServices", "ecs-services"],
  ])("%s is --%s", (member, option) => expect(optionName(member)).toBe(option));
});
