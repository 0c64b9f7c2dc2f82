import { execFile, execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { serialiseQueryAnswer } from "../query/query-protocol.ts";
import { STS_SERVICE } from "../query/sts-service.ts";
import { isSigned, parseAuthorization } from "../sigv4/authorization.ts";
import { readAwsProfile, renderAwsConfig, renderAwsCredentials, SERVED_SERVICES } from "./aws-config.ts";
import { ConnectionUnknown, connectionTo, resolveConnection } from "./connection.ts";
import { parseIni } from "./ini.ts";

const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalr/XUtn+FEMI=" };
const endpoint = "http://127.0.0.1:7450";
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), "sluice-wire-"));
  closers.push(() => rmSync(path, { recursive: true }));
  return path;
}

function dataDirectory(config = renderAwsConfig({ region: "us-east-1", endpoint })): string {
  const data = directory();
  mkdirSync(join(data, "aws"));
  writeFileSync(join(data, "aws", "config"), config);
  writeFileSync(join(data, "aws", "credentials"), renderAwsCredentials(credentials));
  return data;
}

describe("the written files", () => {
  it("read back", () => {
    const config = renderAwsConfig({ region: "eu-west-1", endpoint, caBundle: "/srv/ca.pem" });
    const files = {
      config: { text: config, path: "config" },
      credentials: { text: renderAwsCredentials({ ...credentials, sessionToken: "t" }), path: "credentials" },
    };
    expect(readAwsProfile(files, "sluice")).toEqual({
      region: "eu-west-1",
      credentials: { ...credentials, sessionToken: "t" },
      endpoint,
      serviceEndpoints: Object.fromEntries(SERVED_SERVICES.map((service) => [service, endpoint])),
      caBundle: "/srv/ca.pem",
    });
    expect(readAwsProfile(files, "default")).toBeUndefined();
  });

  it("take no value that would add a line, and do not repeat it", () => {
    const write = () => renderAwsCredentials({ ...credentials, secretAccessKey: "a\nb = c" });
    expect(write).toThrow(/secretAccessKey must be one line/);
    expect(write).not.toThrow(/b = c/);
  });
});

describe("INI", () => {
  it("reads comments, blocks, spaces and repeated sections", () => {
    const text =
      "# c\n[profile  a]\r\nregion=x ; y\ns3 =\n  addressing_style = path\n; c\nkey = a=b\n\n[profile a]\nregion = z\n";
    const section = parseIni(text, "config").get("profile a");
    expect(section?.get("region")).toBe("z");
    expect(section?.get("key")).toBe("a=b");
    expect(section?.get("s3")).toEqual(new Map([["addressing_style", "path"]]));
  });

  it.each(["key = before any section", "[a]\nno pair"])("names the line of %j", (text) => {
    expect(() => parseIni(text, "/x/config")).toThrow(/\/x\/config, line \d/);
  });
});

describe("a connection by data directory", () => {
  it("is what the server wrote", () => {
    const data = dataDirectory();
    const connection = resolveConnection({ data });
    expect(connection).toEqual({
      region: "us-east-1",
      credentials,
      endpoints: { codedeploy: endpoint, s3: endpoint, sts: endpoint, sluice: endpoint },
      tls: undefined,
      foundIn: join(data, "aws"),
    });
    expect(connectionTo(connection, "sluice")).toMatchObject({ endpoint, region: "us-east-1", credentials });
  });

  it("trusts the certificate that the config names", () => {
    const ca = join(directory(), "ca.pem");
    writeFileSync(ca, "PEM");
    const config = renderAwsConfig({ region: "us-east-1", endpoint, caBundle: ca });
    expect(resolveConnection({ data: dataDirectory(config) }).tls).toEqual({ ca: "PEM" });
    rmSync(ca);
    expect(() => resolveConnection({ data: dataDirectory(config) })).toThrow(ca);
  });

  it("that no server wrote to says how to start one", () => {
    const data = directory();
    expect(() => resolveConnection({ data })).toThrow(ConnectionUnknown);
    expect(() => resolveConnection({ data })).toThrow(`sluice server --data ${data}`);
  });

  it("that lacks its profile says what is missing", () => {
    expect(() => resolveConnection({ data: dataDirectory("[profile other]\nregion = x\n") })).toThrow(
      /has no endpoint URL/,
    );
  });

  it("that may not be read says so", ({ skip }) => {
    skip(process.getuid?.() === 0, "root may read every file");
    const data = dataDirectory();
    chmodSync(join(data, "aws", "credentials"), 0);
    expect(() => resolveConnection({ data })).toThrow(/cannot read/);
  });
});

describe("a connection by the AWS environment", () => {
  const keys = { AWS_ACCESS_KEY_ID: "AKIDENV", AWS_SECRET_ACCESS_KEY: "secret" };
  const resolve = (environment: Record<string, string>) =>
    resolveConnection({ environment, homeDirectory: "/nonexistent" });

  it("needs no file", () => {
    const connection = resolve({
      ...keys,
      AWS_REGION: "eu-west-1",
      AWS_ENDPOINT_URL: "http://one",
      AWS_ENDPOINT_URL_S3: "http://two",
    });
    expect(connection).toMatchObject({
      region: "eu-west-1",
      credentials: { accessKeyId: "AKIDENV", secretAccessKey: "secret" },
      endpoints: { codedeploy: "http://one", s3: "http://two", sts: "http://one", sluice: "http://one" },
    });
  });

  it("reads the profile's files, under the variables", () => {
    const data = dataDirectory();
    const files = {
      AWS_CONFIG_FILE: join(data, "aws", "config"),
      AWS_SHARED_CREDENTIALS_FILE: join(data, "aws", "credentials"),
      AWS_PROFILE: "sluice",
    };
    expect(resolve(files)).toMatchObject({
      region: "us-east-1",
      credentials,
      endpoints: { s3: endpoint, sluice: endpoint },
    });
    const over = resolve({ ...files, ...keys, AWS_ENDPOINT_URL: "http://over", AWS_DEFAULT_REGION: "eu-north-1" });
    expect(over).toMatchObject({
      region: "eu-north-1",
      credentials: { accessKeyId: "AKIDENV" },
      endpoints: { codedeploy: "http://over", s3: "http://over", sluice: "http://over" },
    });
    expect(() => resolve({ ...files, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" })).toThrow(/has no endpoint URL/);
    expect(() => resolve({ ...files, AWS_PROFILE: "other" })).toThrow(/"other"/);
  });

  it("says all that is missing", () => {
    expect(() => resolve({})).toThrow(/endpoint URL .*region .*access key .*--data DIR/);
    expect(() => resolve({ ...keys, AWS_REGION: "x" })).toThrow(/endpoint URL/);
    expect(() => resolve({ ...keys, AWS_REGION: "x" })).not.toThrow(/access key/);
  });
});

const hasAwsCli = (() => {
  try {
    execFileSync("aws", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

describe("the AWS CLI with these files", () => {
  beforeEach((context) => context.skip(!hasAwsCli, "aws is not installed: pip install awscli"));

  it.each([
    ["codedeploy", ["deploy", "list-applications"], { applications: ["shop"] }],
    ["sts", ["sts", "get-caller-identity"], { Account: "111122223333" }],
    ["s3", ["s3api", "list-objects-v2", "--bucket", "bucket"], { Contents: [{ Key: "app.zip" }] }],
  ])(
    "calls %s here, with no other flag",
    async (service, args, answer) => {
      const calls: { service: string; path: string }[] = [];
      const server = createServer((request, response) => {
        const plain = { path: request.url!, headers: request.headers };
        const called = isSigned(plain) ? parseAuthorization(plain).service : "unsigned";
        calls.push({ service: called, path: request.url! });
        const identity = { Account: "111122223333", Arn: "arn:aws:iam::111122223333:root", UserId: "111122223333" };
        const bodies: Record<string, string> = {
          codedeploy: '{"applications":["shop"]}',
          sts: serialiseQueryAnswer(STS_SERVICE, "GetCallerIdentity", identity, "r-1").body,
          s3: "<ListBucketResult><Name>bucket</Name><Contents><Key>app.zip</Key></Contents></ListBucketResult>",
        };
        response.end(bodies[called]);
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      closers.push(() => new Promise((resolve) => server.close(resolve)));
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const data = dataDirectory(renderAwsConfig({ region: "us-east-1", endpoint: url }));
      const { stdout } = await promisify(execFile)("aws", args, {
        env: {
          PATH: process.env.PATH,
          HOME: data,
          AWS_CONFIG_FILE: join(data, "aws", "config"),
          AWS_SHARED_CREDENTIALS_FILE: join(data, "aws", "credentials"),
          AWS_PROFILE: "sluice",
        },
      });
      expect(JSON.parse(stdout)).toMatchObject(answer);
      expect(calls).toEqual([{ service, path: expect.stringMatching(service === "s3" ? /^\/bucket\?/ : /^\/$/) }]);
    },
    60_000,
  );
});
