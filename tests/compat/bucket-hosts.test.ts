import { execFileSync } from "node:child_process";
import { type LookupAddress, lookup } from "node:dns";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetObjectCommand, HeadBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { createSelfSignedCertificate } from "@sluice/server/signing/self-signed-certificate.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasBoto3 } from "../installation/installed-programs.fixture.ts";
import { runProgram, type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";

/**
 * Buckets by host name, `BUCKET.NAME`, on a server that is reached by a DNS name: what the SDKs for Ruby, JavaScript, Go and Java do unless
 * they are told otherwise. The name resolves nowhere; the clients are led to the server by hand.
 */
const NAME = "deploy.sluice.example";
const BUCKETS = ["revisions", "dotted.name.bucket"];

const hasBoto = hasBoto3();

const folder = mkdtempSync(join(tmpdir(), "sluice-bucket-hosts-"));
const config = join(folder, "sluice.yml");
writeFileSync(config, `server:\n  names:\n    - ${NAME}\n`);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Leads every name below NAME to this machine. */
const PRELUDE = `
import boto3, json, socket, sys, urllib.request
from botocore.config import Config
from botocore.exceptions import ClientError
resolve = socket.getaddrinfo
socket.getaddrinfo = lambda host, *rest, **more: resolve("127.0.0.1" if host.endswith("${NAME}") else host, *rest, **more)
style = lambda name: Config(s3={"addressing_style": name}, signature_version="s3v4", retries={"total_max_attempts": 1})
hosts = []
def client(name):
    made = boto3.client("s3", endpoint_url=sys.argv[1], config=style(name))
    made.meta.events.register("before-send.s3", lambda request, **_: hosts.append(request.url.split("/")[2].split(":")[0]))
    return made
virtual, path = client("virtual"), client("path")
`;

/** Each bucket by its host name and by its path, written by the one and read by the other; prints which hosts were called. */
const EXCHANGE = `
for bucket in ${JSON.stringify(BUCKETS)}:
    virtual.create_bucket(Bucket=bucket)
    virtual.put_object(Bucket=bucket, Key="a/b c+d.tgz", Body=b"by host")
    assert path.get_object(Bucket=bucket, Key="a/b c+d.tgz")["Body"].read() == b"by host"
    path.put_object(Bucket=bucket, Key="p", Body=b"by path")
    assert virtual.get_object(Bucket=bucket, Key="p")["Body"].read() == b"by path"
    assert [o["Key"] for o in virtual.list_objects_v2(Bucket=bucket)["Contents"]] == ["a/b c+d.tgz", "p"]
    virtual.head_bucket(Bucket=bucket)
assert sorted(b["Name"] for b in virtual.list_buckets()["Buckets"]) == sorted(${JSON.stringify(BUCKETS)})
try:
    virtual.get_object(Bucket="revisions", Key="none")
except ClientError as error:
    assert error.response["Error"]["Code"] == "NoSuchKey", error
json.dump(sorted(set(hosts)), sys.stdout)
`;

describe("a server whose name is in sluice.yml", () => {
  let server: SluiceServer;
  let endpoint: string;

  beforeAll(async () => {
    server = await startSluiceServer({ args: ["--config", config] });
    endpoint = `http://${NAME}:${new URL(server.url()).port}`;
  });
  afterAll(() => server.close());

  it("serves boto3 by host name and by path", async (context) => {
    context.skip(!hasBoto, "python3 has no boto3: pip install boto3");
    const script = `${PRELUDE}${EXCHANGE}`;
    const ended = await runProgram("python3", ["-c", script, endpoint], await server.environment());
    expect({ exitCode: ended.exitCode, stderr: ended.stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(JSON.parse(ended.stdout)).toEqual([NAME, `dotted.name.bucket.${NAME}`, `revisions.${NAME}`]);
  });

  it("serves presigned URLs by host name", async (context) => {
    context.skip(!hasBoto, "python3 has no boto3: pip install boto3");
    const script = `${PRELUDE}
url = virtual.generate_presigned_url("get_object", Params={"Bucket": "revisions", "Key": "p"})
assert url.split("/")[2].startswith("revisions.${NAME}"), url
sys.stdout.write(urllib.request.urlopen(url).read().decode())
`;
    const ended = await runProgram("python3", ["-c", script, endpoint], await server.environment());
    expect(ended).toEqual({ exitCode: 0, stderr: "", stdout: "by path" });
  });

  it("serves the AWS SDK for JavaScript as it is", async () => {
    const environment = await server.environment();
    const credentials = /aws_access_key_id = (\S+)\s+aws_secret_access_key = (\S+)/.exec(
      execFileSync("cat", [environment.AWS_SHARED_CREDENTIALS_FILE ?? ""], { encoding: "utf8" }),
    );
    const [, accessKeyId = "", secretAccessKey = ""] = credentials ?? [];
    const here = { address: "127.0.0.1", family: 4 };
    const httpAgent = new Agent({
      lookup: (host, options, callback) => {
        if (!host.endsWith(NAME)) return lookup(host, options, callback as never);
        const answer = callback as (error: null, address: string | LookupAddress[], family?: number) => void;
        return options.all ? answer(null, [here]) : answer(null, here.address, here.family);
      },
    });
    const client = new S3Client({
      endpoint,
      region: "us-east-1",
      credentials: { accessKeyId, secretAccessKey },
      requestHandler: { httpAgent },
    });
    const where = { Bucket: "revisions", Key: "from/javascript" };
    await client.send(new PutObjectCommand({ ...where, Body: "js" }));
    expect(await (await client.send(new GetObjectCommand(where))).Body?.transformToString()).toBe("js");
    await expect(client.send(new HeadBucketCommand({ Bucket: "nobodys" }))).rejects.toMatchObject({ name: "NotFound" });
    client.destroy();
  });

  it("refuses every other name, with or without a bucket before it", async () => {
    const port = new URL(server.url()).port;
    for (const host of ["other.example", "revisions.other.example", `${NAME}.evil.example`, `x${NAME}`]) {
      const { status, body } = await new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
        const call = request({ host: "127.0.0.1", port, path: "/a", headers: { host } }, (response) => {
          let text = "";
          response.on("data", (chunk: Buffer) => {
            text += chunk.toString();
          });
          response.once("end", () => resolve({ status: response.statusCode, body: text }));
        });
        call.once("error", reject).end();
      });
      expect({ host, status, body }).toEqual({
        host,
        status: 421,
        body: expect.stringContaining("<Code>MisdirectedRequest</Code>"),
      });
    }
  });
});

describe("a server whose certificate has its name and a wildcard below it", () => {
  let server: SluiceServer;
  let certificate: string;

  beforeAll(async () => {
    const made = await createSelfSignedCertificate({
      commonName: NAME,
      subjectAltNames: [NAME, `*.${NAME}`, "127.0.0.1"],
    });
    certificate = join(folder, "cert.pem");
    const key = join(folder, "key.pem");
    writeFileSync(certificate, made.certificatePem);
    writeFileSync(key, made.privateKeyPem, { mode: 0o600 });
    server = await startSluiceServer({ args: ["--tls-cert", certificate, "--tls-key", key] });
  });
  afterAll(() => server.close());

  it("serves boto3 by host name; a bucket with dots, which no wildcard covers, by its path", async (context) => {
    context.skip(!hasBoto, "python3 has no boto3: pip install boto3");
    const endpoint = `https://${NAME}:${new URL(server.url()).port}`;
    const environment = { ...(await server.environment()), AWS_CA_BUNDLE: certificate };
    const ended = await runProgram("python3", ["-c", `${PRELUDE}${EXCHANGE}`, endpoint], environment);
    expect({ exitCode: ended.exitCode, stderr: ended.stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(JSON.parse(ended.stdout)).toEqual([NAME, `revisions.${NAME}`]);
  });

  it("says so where a name below its own is taken for a bucket and is none", async (context) => {
    context.skip(!hasBoto, "python3 has no boto3: pip install boto3");
    const script = `${PRELUDE}
try:
    path.list_objects_v2(Bucket="revisions")
except ClientError as error:
    sys.stdout.write(error.response["Error"]["Code"] + ": " + error.response["Error"]["Message"])
`;
    const endpoint = `https://www.${NAME}:${new URL(server.url()).port}`;
    const environment = { ...(await server.environment()), AWS_CA_BUNDLE: certificate };
    const { stdout, stderr } = await runProgram("python3", ["-c", script, endpoint], environment);
    expect(stderr).toBe("");
    expect(stdout).toMatch(
      /^NoSuchBucket: The specified bucket does not exist.* The host www\.deploy\.sluice\.example was read as the bucket 'www': .*server\.names in sluice\.yml/,
    );
  });
});
