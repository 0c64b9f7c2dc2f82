import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { EventFailure } from "../event-failure.ts";
import { completeHostConfig, type HostConfigInput } from "../host-config.ts";
import { credentialsOfInstance } from "./instance-metadata.ts";
import { hostCredentials } from "./s3-credentials.ts";

const EXPIRES = "2026-01-01T06:00:00Z";
let home: string;
let metadata: Server;
let url: string;
let asked: string[];
/** What the service answers; null: it has no role. */
let role: string | null;

/** Version 2 of the service: nothing without a token, which only a PUT gives. */
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "sluice-aws-"));
  metadata = createServer(({ method, url: path, headers }, response) => {
    asked.push(`${method} ${path}`);
    if (path === "/latest/api/token") {
      const isAsked = method === "PUT" && headers["x-aws-ec2-metadata-token-ttl-seconds"] !== undefined;
      return void response.writeHead(isAsked ? 200 : 400).end("t0ken");
    }
    if (headers["x-aws-ec2-metadata-token"] !== "t0ken") return void response.writeHead(401).end();
    if (path === "/latest/meta-data/placement/region") return void response.end("eu-north-1");
    if (role === null) return void response.writeHead(404).end();
    if (path === "/latest/meta-data/iam/security-credentials/") return void response.end(role);
    const keys = {
      Code: "Success",
      AccessKeyId: "ASIA",
      SecretAccessKey: "of-role",
      Token: "session",
      Expiration: EXPIRES,
    };
    response.end(JSON.stringify(keys));
  });
});
beforeEach(async () => {
  asked = [];
  role = "web";
  // Another one for each test, since keys are kept for each.
  if (metadata.listening) await new Promise((resolve) => metadata.close(resolve));
  await new Promise<void>((resolve) => metadata.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(metadata.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await new Promise((resolve) => metadata.close(resolve));
  rmSync(home, { recursive: true });
});

const config = (environment: Readonly<Record<string, string>>, more: HostConfigInput = {}) =>
  completeHostConfig({
    ...more,
    environment: { HOME: home, AWS_EC2_METADATA_SERVICE_ENDPOINT: url, ...environment },
  });
const find = (environment: Readonly<Record<string, string>> = {}, more?: HostConfigInput) =>
  hostCredentials(config(environment, more), "s3://b/k");

describe("a host's keys to S3", () => {
  const OF_ENVIRONMENT = { AWS_ACCESS_KEY_ID: "AK", AWS_SECRET_ACCESS_KEY: "of-environment", AWS_REGION: "eu-west-1" };

  test("are those of agent.json, else of the environment, whatever else there is", async () => {
    const s3Credentials = { accessKeyId: "A", secretAccessKey: "of-file", region: "r" };
    expect(await find(OF_ENVIRONMENT, { s3Credentials })).toEqual(s3Credentials);
    expect(await find(OF_ENVIRONMENT)).toEqual({
      accessKeyId: "AK",
      secretAccessKey: "of-environment",
      region: "eu-west-1",
    });
    expect(await find(OF_ENVIRONMENT, { s3Region: "own" })).toMatchObject({ region: "own" });
    expect(asked).toEqual([]);
  });

  test("are in the shared file, by profile, with the region of the other one", async () => {
    mkdirSync(join(home, ".aws"));
    writeFileSync(
      join(home, ".aws/credentials"),
      "[default]\naws_access_key_id = D\naws_secret_access_key = d=d\n\n[deploy]\naws_access_key_id=P\naws_secret_access_key=p\naws_session_token=s\n",
    );
    writeFileSync(join(home, ".aws/config"), "[default]\nregion = eu-west-3\n[profile deploy]\nregion = us-east-2\n");
    expect(await find()).toEqual({ accessKeyId: "D", secretAccessKey: "d=d", region: "eu-west-3" });
    const deploy = { accessKeyId: "P", secretAccessKey: "p", sessionToken: "s", region: "us-east-2" };
    expect(await find({ AWS_PROFILE: "deploy" })).toEqual(deploy);
    writeFileSync(join(home, ".aws/credentials"), "[default]\naws_secret_access_key: s3cret\n");
    role = null;
    const failure = await find().catch((error: EventFailure) => error);
    expect((failure as EventFailure).hint).toContain(
      ".aws/credentials: credentials, line 2: expected [section] or key",
    );
    expect((failure as EventFailure).hint).not.toContain("s3cret");
    rmSync(join(home, ".aws"), { recursive: true });
  });

  test("are of the instance's role, with a token of the service, and kept until shortly before they end", async () => {
    expect(await find()).toEqual({
      accessKeyId: "ASIA",
      secretAccessKey: "of-role",
      sessionToken: "session",
      region: "eu-north-1",
    });
    const calls = () => asked.filter((call) => call.endsWith("/web")).length;
    const at = (offset: number) => () => Date.parse(EXPIRES) - offset;
    const before = calls();
    await credentialsOfInstance(url, at(6 * 60_000));
    expect(calls()).toBe(before);
    await credentialsOfInstance(url, at(4 * 60_000));
    expect(calls()).toBe(before + 1);
  });

  test("for another server need no region", async () => {
    expect(await find({}, { s3Endpoint: "https://minio.example" })).toMatchObject({ region: "us-east-1" });
  });

  test("that are nowhere: every place is named, and what helps", async () => {
    role = null;
    const failure = await find().catch((error: EventFailure) => error);
    expect(failure).toMatchObject({
      message: expect.stringMatching(/s3:\/\/b\/k cannot be downloaded.*s3Credentials.*role/),
    });
    expect((failure as EventFailure).hint).toMatch(
      /agent.json: not set; AWS_ACCESS_KEY_ID .* not set; .*\.aws\/credentials: .*no such file.*; the instance metadata service: the instance has no role\./,
    );
    const off = await find({ AWS_EC2_METADATA_DISABLED: "true" }).catch((error: EventFailure) => error);
    expect((off as EventFailure).hint).toContain("off (AWS_EC2_METADATA_DISABLED)");
  });

  test("and no region: the setting is named", async () => {
    const keys = { AWS_ACCESS_KEY_ID: "AK", AWS_SECRET_ACCESS_KEY: "s", AWS_EC2_METADATA_DISABLED: "true" };
    await expect(find(keys)).rejects.toThrow(/in which region.*s3Region/);
  });
});
