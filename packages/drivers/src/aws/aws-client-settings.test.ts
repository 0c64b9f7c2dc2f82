import * as v from "valibot";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ec2Fleet } from "../ec2/ec2-fleet.ts";
import { startAnsweringServer } from "./answering-server.fixture.ts";
import { AWS_CLIENT_SETTINGS, awsClientConfig, awsEndpoint } from "./aws-client-settings.ts";

const settings = { region: "eu-central-1", accessKeyId: "AKIABINDING", secretAccessKey: "the-secret" };

afterEach(() => vi.unstubAllEnvs());

describe("the endpoint", () => {
  it("is AWS's own for the region, or the binding's", () => {
    expect(awsEndpoint(settings, "monitoring")).toBe("https://monitoring.eu-central-1.amazonaws.com");
    expect(awsEndpoint({ ...settings, region: "cn-north-1" }, "ec2")).toBe("https://ec2.cn-north-1.amazonaws.com.cn");
    expect(awsEndpoint({ ...settings, endpoint: "http://127.0.0.1:5000/" }, "sns")).toBe("http://127.0.0.1:5000");
  });

  it("is never that of the environment, which may lead back to Sluice", async () => {
    vi.stubEnv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566");
    vi.stubEnv("AWS_ENDPOINT_URL_EC2", "http://127.0.0.1:4566");
    const { EC2Client } = await import("@aws-sdk/client-ec2");
    const client = new EC2Client(awsClientConfig(settings, "ec2"));
    const endpoint = await client.config.endpoint?.();
    expect(endpoint?.hostname).toBe("ec2.eu-central-1.amazonaws.com");
    client.destroy();
  });
});

describe("credentials and region", () => {
  it("are the binding's, whatever the environment and a profile say", async () => {
    const aws = await startAnsweringServer();
    aws.answer = () => ({ status: 200, body: "<DescribeInstancesResponse/>" });
    vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIAAMBIENT");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "ambient");
    vi.stubEnv("AWS_SESSION_TOKEN", "ambient-token");
    vi.stubEnv("AWS_REGION", "us-west-2");
    vi.stubEnv("AWS_PROFILE", "no-such-profile");
    vi.stubEnv("AWS_CONFIG_FILE", "/dev/null");
    const fleet = ec2Fleet.create({ ...settings, endpoint: aws.url }, {});
    await fleet.resolveTargets({ ec2TagFilters: [{ Key: "a" }] }, new AbortController().signal);
    const [question] = aws.questions;
    expect(question?.headers.authorization).toMatch(/Credential=AKIABINDING\/\d{8}\/eu-central-1\/ec2\//);
    expect(question?.headers["x-amz-security-token"]).toBeUndefined();
    await aws.close();
  });
});

describe("settings", () => {
  const check = (value: Readonly<Record<string, unknown>>) => () => v.parse(AWS_CLIENT_SETTINGS, value);

  it("are refused with what to give, and without what is secret", () => {
    expect(check(settings)).not.toThrow();
    expect(check({ ...settings, accessKeyId: undefined })).toThrow(/is missing: the id of an access key/);
    expect(check({ ...settings, secretAccessKey: 12_345 })).toThrow(/^(?!.*12345)/);
    expect(check({ ...settings, region: "eu.example/" })).toThrow(/give a region such as/);
    expect(check({ ...settings, endpoint: "somewhere" })).toThrow(/give http\(s\):\/\/HOST/);
  });
});
