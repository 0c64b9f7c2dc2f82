import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { embeddedBucketSource } from "@sluice/drivers/embedded-bucket/embedded-bucket-source.ts";
import { githubSource } from "@sluice/drivers/github/github-source.ts";
import { s3Source } from "@sluice/drivers/s3/s3-source.ts";
import { describe, expect, it } from "vitest";
import { ConfigError, EMPTY_CONFIG, loadSluiceYml, parseSluiceYml } from "./sluice-yml.ts";

const DRIVERS = [embeddedBucketSource, s3Source, githubSource];
const parse = (text: string) => parseSluiceYml(text, "sluice.yml", DRIVERS);

const GOOD = `
bindings:
  - match: releases-*
    port: revision-source
    driver: s3
    settings:
      endpoint: https://minio.example:9000
      region: eu-central-1
      accessKeyId: AKIA
      secretAccessKey: hush
      pathStyle: false
  - { match: "*", port: revision-source, driver: embedded-bucket }
`;

describe("sluice.yml", () => {
  it("says how long deployments are kept, and keeps them for a year when it does not", () => {
    expect(parse("").retention).toEqual({ days: 365, deploymentsPerGroup: null, everyMinutes: 60 });
    expect(parse("retention:\n  deploymentsPerGroup: 20\n").retention).toEqual({
      days: 365,
      deploymentsPerGroup: 20,
      everyMinutes: 60,
    });
    expect(parse("retention: { days: 30, everyMinutes: 1 }").retention).toMatchObject({ days: 30, everyMinutes: 1 });
  });

  it("raises the limits that it names, and keeps AWS's for the others", () => {
    expect(parse("limits:\n  applications: 100000\n  alarmsPerGroup:\n").limits).toEqual({
      applications: 100_000,
      groupsPerApplication: 1000,
      deploymentConfigs: 50,
      alarmsPerGroup: 50,
      triggersPerGroup: 10,
      autoScalingGroupsPerGroup: 10,
      tagSetsPerGroup: 3,
      tagsPerResource: 50,
      gitHubTokens: 25,
    });
  });

  it.each([
    ["retention:\n  days: 0", "sluice.yml, line 2: retention.days is 0: give the days after its end"],
    ["retention:\n  days: 1.5", "retention.days is 1.5"],
    ["retention:\n  deploymentsPerGroup: all", 'retention.deploymentsPerGroup is "all": give how many'],
    [
      "retention:\n  everyMinutes: 1441",
      "retention.everyMinutes is 1441: give the minutes from one look to the next, a whole number from 1 to 1440",
    ],
    ["retention:\n  weeks: 2", "retention.weeks is not known here: use days, deploymentsPerGroup, everyMinutes"],
    ["retention: forever", "retention is not a mapping"],
    [
      "limits:\n  alarmsPerGroup: 0",
      "line 2: limits.alarmsPerGroup is 0: give how many alarms a deployment group may have",
    ],
    [
      "limits:\n  gitHubTokens: 2501",
      "limits.gitHubTokens is 2501: give how many GitHub tokens there may be, a whole number from 1 to 2500",
    ],
    ["limits:\n  hosts: 5", "limits.hosts is not known here: use applications, groupsPerApplication"],
  ])("tells what is wrong with %j", (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  it("is read in order", () => {
    expect(parse(GOOD).bindings).toEqual([
      {
        match: "releases-*",
        port: "revision-source",
        driver: "s3",
        settings: {
          endpoint: "https://minio.example:9000",
          region: "eu-central-1",
          accessKeyId: "AKIA",
          secretAccessKey: "hush",
          pathStyle: false,
        },
      },
      { match: "*", port: "revision-source", driver: "embedded-bucket", settings: {} },
    ]);
  });

  it("takes a setting without a value as one that is left out", () => {
    const { settings } = parse(GOOD.replace("pathStyle: false", "pathStyle:")).bindings[0]!;
    expect(Object.keys(settings)).not.toContain("pathStyle");
    expect(() => parse(GOOD.replace("secretAccessKey: hush", "secretAccessKey:"))).toThrow(
      "line 10: bindings[0].settings.secretAccessKey is missing: the key's secret",
    );
  });

  it.each(["", "# nothing yet\n", "{}", "bindings: []"])("may say nothing: %j", (text) => {
    expect(parse(text)).toEqual(EMPTY_CONFIG);
  });

  it("says by which names callers reach the server", () => {
    const names = (text: string) => parse(`server:\n  names:\n    - ${text}\n`).server.names;
    expect(names("Sluice.Example.com.")).toEqual([{ name: "sluice.example.com", port: undefined }]);
    expect(names("10.0.0.5:9450")).toEqual([{ name: "10.0.0.5", port: 9450 }]);
    expect(names('"[0:0::1]:80"')).toEqual([{ name: "::1", port: 80 }]);
    expect(names("https://sluice.example.com/")).toEqual([{ name: "sluice.example.com", port: 443, scheme: "https" }]);
    expect(names("http://sluice:8080")).toEqual([{ name: "sluice", port: 8080, scheme: "http" }]);
  });

  it.each(["https://a/b", "a b", '"*.example.com"', "ftp://a", "a:0", "a:65536", "user@a", '""', "7", "https://"])(
    "refuses as a name of the server: %s",
    (name) => {
      expect(() => parse(`server:\n  names:\n    - good\n    - ${name}\n`)).toThrow(
        /line 4: server\.names\[1\] is .*: give a host name/,
      );
    },
  );

  it.each([
    ["server: 7\n", "line 1: server is not a mapping"],
    ["server:\n  names: a\n", "line 2: server.names is not a list"],
    ["server:\n  name: a\n", "line 2: server.name is not known here: use names"],
    ["bindings: [", "sluice.yml, line 1, column"],
    ["- a\n", "line 1: the file is not a mapping"],
    [
      "bindings: []\nbinding: []\n",
      "line 2: binding is not known here: use server, bindings, retention, throttle, limits",
    ],
    ["bindings: {}", "line 1: bindings is not a list"],
    ["bindings:\n  - x\n", "line 2: bindings[0] is not a mapping"],
    ["bindings:\n  - port: revision-source\n", "line 2: bindings[0].match is missing: give the name or ARN"],
    ["bindings:\n  - match: 7\n", "bindings[0].match is 7: give"],
    ["bindings:\n  - match: a\n    port: alarms\n", 'line 3: bindings[0].port is "alarms", which is not a valid port'],
    [
      "bindings:\n  - match: a\n    port: revision-source\n    driver: ftp\n",
      'line 4: bindings[0].driver is "ftp", which is not a driver of revision-source: use one of embedded-bucket, s3, github',
    ],
    [GOOD.replace("region:", "regoin:"), "line 8: bindings[0].settings.regoin is not a setting of this driver: use"],
    [GOOD.replace("region:", "regoin:\n      region:"), "line 8: bindings[0].settings.regoin is not a setting of this"],
    [GOOD.replace("      region: eu-central-1\n", ""), "bindings[0].settings.region is missing"],
    [GOOD.replace("https://minio", "minio"), 'line 7: bindings[0].settings.endpoint has the value "minio'],
    [GOOD.replace("false", "maybe"), 'line 11: bindings[0].settings.pathStyle has the value "maybe" of type string'],
    [
      GOOD.replace("embedded-bucket }", "embedded-bucket, settings: { a: 1 } }"),
      "bindings[1].settings.a is not a setting of this driver: the driver has no settings",
    ],
  ])("says where it is wrong: %j", (text, message) => {
    expect(() => parse(text)).toThrow(ConfigError);
    expect(() => parse(text)).toThrow(message);
  });

  it("never shows a secret", () => {
    const text = GOOD.replace("hush", "1234567");
    expect(() => parse(text)).toThrow("line 10: bindings[0].settings.secretAccessKey has the value of type number");
    expect(() => parse(text)).not.toThrow("1234567");
  });

  it("is read from a file, and a missing one is told by its name", async () => {
    const directory = await mkdtemp(join(tmpdir(), "sluice-config-"));
    try {
      const path = join(directory, "sluice.yml");
      await expect(loadSluiceYml(path, DRIVERS)).rejects.toThrow(`Name a sluice.yml that exists`);
      await writeFile(path, GOOD);
      expect((await loadSluiceYml(path, DRIVERS)).bindings).toHaveLength(2);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
