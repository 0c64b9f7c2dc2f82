import { createHash } from "node:crypto";
import { openEnvelope, pinCertificate } from "@sluice/agent/identity/envelope.ts";
import { presignUrl, signRequest } from "@sluice/wire/sigv4/sign.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { until } from "../installation/until.fixture.ts";
import {
  type AttackedServer,
  deploy,
  type EnrolledHost,
  type HostCommand,
  prepareGroup,
  startAttackedServer,
} from "./attacked-server.fixture.ts";

let attacked: AttackedServer;
let host: EnrolledHost;

beforeEach(async () => {
  attacked = await startAttackedServer();
  await prepareGroup(attacked);
  host = await attacked.enrol("web-1");
});

afterEach(async () => attacked.close());

async function specification(command: Pick<HostCommand, "DeploymentExecutionId">, hostHeader?: string) {
  const { raw } = attacked;
  const body = JSON.stringify({
    DeploymentExecutionId: command.DeploymentExecutionId,
    HostIdentifier: host.hostIdentifier,
  });
  const answer = await raw.call({
    target: "CodeDeployCommandService_v20141006.GetDeploymentSpecification",
    service: "codedeploy-commands",
    body,
    accessKeyId: host.accessKeyId,
    secretAccessKey: host.secretAccessKey,
    headers: { "user-agent": "sluice-agent/test", ...(hostHeader === undefined ? {} : { host: hostHeader }) },
  });
  return { status: answer.status, json: JSON.parse(answer.text) as Record<string, string> };
}

/** Answers what a GET of the URL yields. */
async function get(url: string, init?: RequestInit): Promise<{ status: number; text: string }> {
  const answer = await fetch(url, init);
  return { status: answer.status, text: await answer.text() };
}

/** Runs the events up to the one in which the bundle is fetched. */
async function untilDownload(version?: string): Promise<HostCommand> {
  const poll = attacked.command(host);
  await deploy(attacked, "web.zip", version);
  let command = await poll;
  while (command.CommandName !== "DownloadBundle") {
    await attacked.succeed(host, command);
    command = await attacked.command(host);
  }
  return command;
}

describe("the URL of a bundle", () => {
  it("is for the asking host's own key and one object, and leads where the server is, whatever the Host header says", async () => {
    const command = await untilDownload();
    const { json } = await specification(command);
    const url = json.BundleUrl ?? "";
    expect(url.startsWith(`${attacked.raw.url.origin}/releases/web.zip?`)).toBe(true);
    expect(url).toContain(`X-Amz-Credential=${host.accessKeyId}%2F`);
    expect(url).not.toContain(attacked.raw.accessKeyId);
    expect(await get(url)).toEqual({ status: 200, text: "the bundle" });

    // What the certificate signs that the host was given when it enrolled says what the bundle is, byte for byte.
    const { GenericEnvelope } = (json.DeploymentSpecification ?? {}) as unknown as {
      GenericEnvelope: { Format: string; Payload: string };
    };
    const signed = openEnvelope(GenericEnvelope, pinCertificate(host.signingCertificate));
    expect(JSON.parse(signed)).toMatchObject({
      BundleSha256: createHash("sha256").update("the bundle").digest("hex"),
    });

    const { host: ours } = attacked.raw.url;
    for (const header of [`${ours}/secrets/payroll?x=`, `${ours}/?x=`, "evil.example", `${ours}@evil.example`]) {
      const { status, json: refusal } = await specification(command, header);
      expect({ header, status, type: refusal.__type }).toEqual({
        header,
        status: 421,
        type: "MisdirectedRequestException",
      });
      expect(refusal.message).toMatch(/server\.names in sluice\.yml/);
      expect(refusal.BundleUrl).toBeUndefined();
    }
  });

  it("is not given, and opens nothing, before a command, after the end, and after the host's removal", async () => {
    const command = await untilDownload();
    const { json } = await specification(command);
    const url = json.BundleUrl ?? "";
    await attacked.succeed(host, command);
    let next = await attacked.command(host);
    // Later events may still need it.
    expect((await specification(next)).json.BundleUrl).toContain("/releases/web.zip?");
    while (next.CommandName !== "ValidateService") {
      await attacked.succeed(host, next);
      next = await attacked.command(host);
    }
    await attacked.succeed(host, next);
    const deploymentId = command.DeploymentExecutionId.split("/").at(-1);
    await until("the end of the deployment", async () => {
      const { deploymentInfo } = await attacked.codeDeploy("GetDeployment", { deploymentId });
      return (deploymentInfo as { status: string }).status === "Succeeded";
    });
    expect((await specification(command)).json).not.toHaveProperty("BundleUrl");
    expect((await get(url)).status).toBe(403);
  });

  it("is for one version where the revision names one", async () => {
    const { raw, s3 } = attacked;
    const body = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    expect(await s3(raw, { method: "PUT", path: "/releases?versioning", body })).toMatchObject({ status: 200 });
    await attacked.putObject("releases", "web.zip", "a newer bundle");
    await attacked.putObject("releases", "web.zip", "the newest bundle");
    const { text } = await s3(raw, { path: "/releases?versions&prefix=web.zip" });
    const [newest = "", newer = ""] = [...text.matchAll(/<VersionId>([^<]+)</g)].map(([, id]) => id);
    const command = await untilDownload(newer);
    const url = (await specification(command)).json.BundleUrl ?? "";
    expect(url).toContain(`/releases/web.zip?versionId=${newer}&`);
    expect(await get(url)).toEqual({ status: 200, text: "a newer bundle" });
    expect((await get(url.replace(newer, newest))).status).toBe(403);
    expect((await get(url.replace(`versionId=${newer}&`, ""))).status).toBe(403);
    const read = (query: string, method = "GET") => s3(host, { method, path: `/releases/web.zip${query}` });
    expect(await read(`?versionId=${newer}`)).toMatchObject({ status: 200, text: "a newer bundle" });
    for (const query of ["", `?versionId=${newest}`, "?versionId=null"]) {
      expect((await read(query)).status, query).toBe(403);
    }
    for (const [method, query] of [
      ["DELETE", `?versionId=${newer}`],
      ["PUT", `?tagging&versionId=${newer}`],
      ["DELETE", `?tagging&versionId=${newer}`],
      ["GET", `?tagging&versionId=${newer}`],
    ] as const) {
      expect((await read(query, method)).status, `${method} ${query}`).toBe(403);
    }
    expect((await s3(host, { method: "PUT", path: "/releases?versioning", body: "<not read" })).status).toBe(403);
    expect((await s3(host, { path: "/releases?versioning" })).status).toBe(403);
    expect((await s3(host, { path: "/releases?policy" })).status).toBe(403);
  });

  it("ends with the host", async () => {
    const command = await untilDownload();
    const url = (await specification(command)).json.BundleUrl ?? "";
    expect((await get(url)).status).toBe(200);
    await attacked.sluice("RemoveHost", { host: host.hostId });
    expect((await get(url)).status).toBe(403);
    expect((await specification(command)).status).toBe(400);
  });
});

describe("a host's key", () => {
  it("reads the bundle at hand and nothing else of the bucket, by whatever request", async () => {
    const other = await attacked.enrol("web-2");
    await untilDownload();
    const read = (path: string, method = "GET", headers = {}) => attacked.s3(host, { path, method, headers });
    expect(await read("/releases/web.zip")).toMatchObject({ status: 200, text: "the bundle" });
    expect((await read("/releases/web.zip", "HEAD")).status).toBe(200);
    expect(await read("/releases/web.zip", "GET", { range: "bytes=4-9" })).toMatchObject({
      status: 206,
      text: "bundle",
    });

    const refused: readonly (readonly [string, string, Record<string, string>?])[] = [
      ["GET", "/"],
      ["GET", "/releases"],
      ["GET", "/releases?list-type=2"],
      ["GET", "/releases?versions"],
      ["GET", "/releases?uploads"],
      ["GET", "/releases?location"],
      ["HEAD", "/releases"],
      ["GET", "/releases/other.zip"],
      ["HEAD", "/releases/other.zip"],
      ["GET", "/releases/web.zip%00"],
      ["GET", "/releases//web.zip"],
      ["GET", "/releases/../secrets/payroll"],
      ["GET", "/releases/%2e%2e/secrets/payroll"],
      ["GET", "/secrets/payroll"],
      ["HEAD", "/secrets/payroll"],
      ["GET", "/releases/web.zip?acl"],
      ["GET", "/releases/web.zip?tagging"],
      ["GET", "/releases/web.zip?uploadId=x"],
      ["DELETE", "/releases/web.zip"],
      ["PUT", "/releases/web.zip"],
      ["PUT", "/releases/copied", { "x-amz-copy-source": "/releases/web.zip" }],
      ["PUT", "/releases/copied", { "x-amz-copy-source": "/secrets/payroll" }],
      ["POST", "/releases/web.zip?uploads"],
      ["POST", "/releases?delete"],
      ["PUT", "/mine"],
      ["DELETE", "/releases"],
    ];
    for (const [method, path, headers] of refused) {
      const { status, text } = await read(path, method, headers);
      expect({ method, path, refused: status >= 400 && status < 500 }).toEqual({ method, path, refused: true });
      expect(text).not.toMatch(/the secret|another bundle/);
    }
    // In the name of another host, and presigned for other parts of a request.
    expect((await attacked.s3(other, { path: "/releases/web.zip" })).status).toBe(200);
    await attacked.sluice("RemoveHost", { host: other.hostId });
    expect((await attacked.s3(other, { path: "/releases/web.zip" })).status).toBe(403);
    const presigned = presignUrl({
      method: "GET",
      url: `${attacked.raw.url.origin}/releases/web.zip`,
      service: "s3",
      region: "us-east-1",
      credentials: host,
      now: new Date(),
      expiresSeconds: 604_800,
    });
    expect((await get(presigned)).status).toBe(200);
    expect((await get(presigned, { method: "HEAD" })).status).toBe(403);
    expect((await get(presigned.replace("/releases/web.zip", "/secrets/payroll"))).status).toBe(403);
    expect((await get(`${presigned}&versionId=x`)).status).toBe(403);
  });

  it("is refused before the list of what it wants deleted is looked at", async () => {
    const answer = await attacked.s3(host, { method: "POST", path: "/releases?delete", body: "<Delete><no list" });
    expect(answer).toMatchObject({ status: 403, text: expect.stringContaining("<Code>AccessDenied<") });
  });

  it("reads nothing while it has no command, and nothing of the next deployment before its turn", async () => {
    expect((await attacked.s3(host, { path: "/releases/web.zip" })).status).toBe(403);
    await untilDownload();
    expect((await attacked.s3(host, { path: "/releases/other.zip" })).status).toBe(403);
  });

  it("speaks for no other host, and asks for no deployment that is not its own", async () => {
    const other = await attacked.enrol("web-2");
    const poll = attacked.command(other);
    await deploy(attacked);
    const command = await poll;
    const asOther = { HostIdentifier: other.hostIdentifier, DeploymentExecutionId: command.DeploymentExecutionId };
    const { HostCommandIdentifier } = command;
    for (const [operation, input] of [
      ["PollHostCommand", asOther],
      ["GetDeploymentSpecification", asOther],
      ["PutHostCommandAcknowledgement", { HostCommandIdentifier }],
      ["PostHostCommandUpdate", { HostCommandIdentifier }],
      ["PutHostCommandComplete", { HostCommandIdentifier, CommandStatus: "Succeeded" }],
    ] as const) {
      const { status, json } = await attacked.agentCall(host, operation, input);
      expect({ operation, status, type: json.__type }).toEqual({
        operation,
        status: 400,
        type: "AccessDeniedException",
      });
    }
    const late = await attacked.enrol("late");
    const { status } = await attacked.agentCall(late, "GetDeploymentSpecification", {
      HostIdentifier: late.hostIdentifier,
      DeploymentExecutionId: command.DeploymentExecutionId,
    });
    expect(status).toBe(400);
  });
});

describe("a request by a name that is not the server's", () => {
  it("is refused by every service, and answered by the probes alone", async () => {
    const { raw } = attacked;
    const lines = (path: string, header: string) =>
      `GET ${path} HTTP/1.1\r\nhost: ${header}\r\nconnection: close\r\n\r\n`;
    const ask = async (path: string, header: string) => (await raw.bytes(lines(path, header))).split("\r\n", 1)[0];
    expect(await ask("/metrics", raw.url.host)).toContain(" 200 ");
    expect(await ask("/metrics", `LocalHost.:${raw.url.port}`)).toContain(" 200 ");
    expect(await ask("/metrics", "rebound.evil.example")).toContain(" 421 ");
    expect(await ask(`http://rebound.evil.example/metrics`, raw.url.host)).toContain(" 421 ");
    expect(await ask(`http://${raw.url.host}/metrics`, "rebound.evil.example")).toContain(" 200 ");
    expect(await ask("/metrics", `${raw.url.host}\r\nhost: rebound.evil.example`)).toMatch(/ 4(00|21) /);
    expect(await ask("/healthz", "rebound.evil.example")).toContain(" 200 ");
    expect(await ask("/readyz", "rebound.evil.example")).toContain(" 200 ");
    expect((await raw.bytes("GET /metrics HTTP/1.0\r\n\r\n")).split("\r\n", 1)[0]).toContain(" 200 ");

    const foreign = { headers: { host: "rebound.evil.example" } };
    expect((await raw.call(foreign)).status).toBe(421);
    expect((await raw.call({ ...foreign, path: "/-/events", method: "GET", target: null, body: "" })).status).toBe(421);
    expect(
      (await raw.call({ ...foreign, service: "sts", target: null, body: "Action=GetCallerIdentity" })).status,
    ).toBe(421);
    const forwarded = {
      headers: { "x-forwarded-host": "rebound.evil.example", forwarded: "host=rebound.evil.example" },
    };
    expect((await raw.call(forwarded)).status).toBe(200);
    const headers = signRequest({
      method: "GET",
      url: "http://rebound.evil.example/secrets/payroll",
      credentials: raw,
      region: "us-east-1",
      service: "s3",
      now: new Date(),
    });
    const bucket = await raw.send({ method: "GET", path: "/secrets/payroll", headers, body: Buffer.alloc(0) });
    expect([bucket.status, bucket.text]).toEqual([421, expect.stringContaining("<Code>MisdirectedRequest</Code>")]);
  });
});
