import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { DeploymentSpecification } from "@sluice/model/deployment-specification.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createHostFixture, type HostFixture, specification, tgz } from "../host.fixture.ts";
import { createHost } from "../host.ts";
import type { HostConfigInput } from "../host-config.ts";
import { layoutOf } from "../layout.ts";

let fixture: HostFixture;

beforeEach(async () => {
  fixture = await createHostFixture();
  fixture.bundle = tgz({ "appspec.yml": "version: 0.0\nos: linux\n" });
});
afterEach(() => fixture.close());

const layout = () => layoutOf(fixture.root, specification());

function s3(more: { readonly ETag?: string; readonly Version?: string; readonly Key?: string } = {}) {
  return {
    Revision: { RevisionType: "S3" as const, S3Revision: { Bucket: "b", Key: "shop.tgz", BundleType: "tgz", ...more } },
  };
}

function gitHub(): Pick<DeploymentSpecification, "Revision"> {
  return {
    Revision: { RevisionType: "GitHub", GitHubRevision: { Account: "acme", Repository: "shop", CommitId: "c0ffee" } },
  };
}

/** DownloadBundle without a presigned URL. */
async function runOwnWay(changes: Partial<DeploymentSpecification>, config: HostConfigInput) {
  const host = createHost({
    directory: fixture.root,
    config: { ...config, timing: { downloadRetryDelays: [1], gitHubRetryDelays: [1, 1] } },
  });
  const command = { commandName: "DownloadBundle", specification: specification(changes), bundleUrl: undefined };
  const outcome = await host.run(command, { write: () => {} }, new AbortController().signal);
  host.close();
  return outcome;
}

describe("a bundle of this agent's own server", () => {
  beforeEach(async () => {
    await fixture.close();
    fixture = await createHostFixture({ timing: { serverAwayEvery: 2, serverAwayAtMost: 600_000 } });
    fixture.bundle = tgz({ "appspec.yml": "version: 0.0\nos: linux\n" });
  });

  test("is waited for while the server, or its database, is away", async () => {
    fixture.respond = (_request, response) => {
      if (fixture.requests.length > 20) response.setHeader("etag", '"abc"').end(fixture.bundle);
      else if (fixture.requests.length % 2 === 0) response.destroy();
      else response.writeHead(503).end("<Error><Code>ServiceUnavailable</Code></Error>");
    };
    expect(await fixture.run("DownloadBundle")).toMatchObject({ errorCode: 0 });
    expect(fixture.requests).toHaveLength(21);
  });

  test("is not waited for where the server answers that it cannot be had", async () => {
    for (const [status, requests] of [
      [500, 3],
      [403, 1],
    ] as const) {
      fixture.requests.length = 0;
      fixture.respond = (_request, response) => response.writeHead(status).end();
      expect((await fixture.run("DownloadBundle")).message).toMatch(
        new RegExp(`after ${requests - 1} retries.*${status}`),
      );
      expect(fixture.requests).toHaveLength(requests);
    }
  });
});

describe("a bundle whose SHA-256 is signed", () => {
  const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

  test("is unpacked when it is that one, and not fetched again", async () => {
    const changes = { BundleSha256: sha256(fixture.bundle) };
    expect(await fixture.run("DownloadBundle", changes)).toMatchObject({ errorCode: 0 });
    expect(await fixture.run("DownloadBundle", changes)).toMatchObject({ errorCode: 0 });
    expect(fixture.requests).toHaveLength(1);
  });

  test("is refused when it is another, though its ETag is right, before a byte of it is unpacked", async () => {
    const changes = { BundleSha256: sha256(Buffer.from("what was deployed")) };
    const outcome = await fixture.run("DownloadBundle", changes);
    expect(outcome).toMatchObject({ errorCode: 5, message: expect.stringContaining(sha256(fixture.bundle)) });
    expect(outcome.message).toMatch(/is not the one that was deployed, and was not unpacked/);
    expect(outcome.log).toMatch(/proxy or a cache/);
    expect(existsSync(layout().archiveDirectory)).toBe(false);
    expect(existsSync(layout().bundleFile)).toBe(false);
  });

  test("is fetched again where what another deployment, or an earlier run, left here is not it", async () => {
    expect(await fixture.run("DownloadBundle")).toMatchObject({ errorCode: 0 });
    const { bundleFile } = layout();
    // As long as before, so that only its content says what it is.
    writeFileSync(bundleFile, Buffer.alloc(fixture.bundle.length, 1));
    const changes = { BundleSha256: sha256(fixture.bundle) };
    expect(await fixture.run("DownloadBundle", { ...changes, DeploymentId: "d-2" })).toMatchObject({ errorCode: 0 });
    expect(await fixture.run("DownloadBundle", changes), "the second deployment's").toMatchObject({ errorCode: 0 });
    expect(fixture.requests).toHaveLength(2);
    expect(readFileSync(bundleFile).equals(fixture.bundle)).toBe(true);
  });

  test("is not fetched where any group's deployment, under whichever name, left these bytes here", async () => {
    expect(await fixture.run("DownloadBundle")).toMatchObject({ errorCode: 0 });
    const inOtherGroup = {
      ...s3({ Key: "elsewhere.tgz" }),
      DeploymentId: "d-2",
      DeploymentGroupId: "22222222-2222-3333-4444-555555555555",
      BundleSha256: sha256(fixture.bundle),
    };
    fixture.respond = (_, response) => response.destroy();
    expect(await fixture.run("DownloadBundle", inOtherGroup)).toMatchObject({ errorCode: 0 });
    expect(fixture.requests).toHaveLength(1);
    expect(fixture.text()).toContain(`already (SHA-256 ${sha256(fixture.bundle)}), so it was not downloaded.`);
    const taken = layoutOf(fixture.root, specification(inOtherGroup)).bundleFile;
    expect(statSync(taken).ino).toBe(statSync(layout().bundleFile).ino);
  });

  test("is said to be unchecked where the server does not know it", async () => {
    const reason = "the bucket was too slow";
    expect(await fixture.run("DownloadBundle", { BundleSha256Unknown: reason })).toMatchObject({ errorCode: 0 });
    expect(fixture.output.map(({ text }) => text).join("")).toContain(`the download is not verified: ${reason}.`);
  });
});

describe("from an address that the host's operator did not name", () => {
  test.each([
    ["the server's word", () => fixture.run("DownloadBundle")],
    [
      "a redirect",
      () => {
        const location = fixture.baseUrl.replace("127.0.0.1", "localhost");
        fixture.respond = (_, response) => response.writeHead(302, { location }).end();
        return runOwnWay(gitHub(), { gitHubBaseUrl: fixture.baseUrl });
      },
    ],
  ])("nothing is fetched from this machine by %s", async (what, run) => {
    if (what === "the server's word") {
      fixture.close();
      fixture = await createHostFixture({ trustedOrigins: [] });
    }
    const outcome = await run();
    expect(outcome).toMatchObject({ errorCode: 5, message: expect.stringContaining("was not downloaded") });
    expect(outcome.message).toMatch(/127\.0\.0\.1|::1/);
    expect(outcome.log).toContain("s3Endpoint");
    expect(outcome.message).not.toContain("secret");
  });
});

describe("from the presigned URL", () => {
  test("the signature never reaches a message, and every status met is named", async () => {
    fixture.respond = (_, response) =>
      response.writeHead(503).end("<Error><Code>SlowDown</Code><Message>Reduce</Message></Error>");
    const outcome = await fixture.run("DownloadBundle");
    expect(outcome.errorCode).toBe(5);
    expect(outcome.message).toContain(
      `Could not download bundle at '${fixture.baseUrl}/bundle' after 2 retries. ` +
        "Server returned codes: 503 'Service Unavailable'; 503 'Service Unavailable'; 503 'Service Unavailable'. The server says: SlowDown: Reduce.",
    );
    expect(outcome.message).not.toContain("secret");
    expect(existsSync(layout().bundleFile)).toBe(false);
  });

  test("what will not change by trying again is not tried again", async () => {
    fixture.respond = (_, response) => response.writeHead(403).end("<Error><Code>AccessDenied</Code></Error>");
    const outcome = await fixture.run("DownloadBundle");
    expect(outcome.message).toMatch(/after 0 retries.*AccessDenied.*clock is correct/);
    expect(fixture.requests).toHaveLength(1);
  });

  test("a body that ends early is not a bundle; the next try may succeed", async () => {
    let tries = 0;
    fixture.respond = (_, response) => {
      tries += 1;
      response.setHeader("content-length", fixture.bundle.length);
      if (tries > 1) return void response.end(fixture.bundle);
      response.write(fixture.bundle.subarray(0, 40), () => response.destroy());
    };
    expect(await fixture.run("DownloadBundle")).toMatchObject({ errorCode: 0 });
    expect(readFileSync(layout().bundleFile)).toEqual(fixture.bundle);
  });

  describe("when the connection breaks", () => {
    /** A source that has ranges, and breaks each answer off after so many bytes. */
    const brokenOffAfter = (bytes: number, more: Readonly<Record<string, string>> = {}) => {
      const asked: (string | undefined)[] = [];
      fixture.respond = (request, response) => {
        const { range, "if-match": ifMatch } = request.headers;
        asked.push(range === undefined ? undefined : `${range} ${ifMatch}`);
        const from = Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0);
        const etag = more.etag ?? '"abc"';
        if (ifMatch !== undefined && ifMatch !== etag) return void response.writeHead(412).end();
        const rest = fixture.bundle.subarray(from);
        if (range !== undefined) {
          response.statusCode = 206;
          response.setHeader("content-range", `bytes ${from}-${fixture.bundle.length - 1}/${fixture.bundle.length}`);
        }
        for (const [name, value] of Object.entries({ etag, "content-length": String(rest.length), ...more }))
          response.setHeader(name, value);
        if (rest.length <= bytes) return void response.end(rest);
        // What was sent arrives: a connection that is reset may lose it.
        response.write(rest.subarray(0, bytes), () => response.socket?.end());
      };
      return asked;
    };
    const half = () => Math.ceil(fixture.bundle.length / 2);

    test("the next try goes on where it broke, as long as it is the same object", async () => {
      const asked = brokenOffAfter(half());
      expect(await fixture.run("DownloadBundle")).toMatchObject({ errorCode: 0 });
      expect(asked).toEqual([undefined, `bytes=${half()}- "abc"`]);
      expect(readFileSync(layout().bundleFile)).toEqual(fixture.bundle);
    });

    test("nothing of two objects is put together", async () => {
      const asked = brokenOffAfter(half());
      const first = fixture.respond!;
      fixture.respond = (request, response) => {
        first(request, response);
        if (asked.length > 1) return;
        fixture.bundle = tgz({ "appspec.yml": "version: 0.0\nos: linux\nfiles: []\n" });
        brokenOffAfter(1_000_000, { etag: '"new"' });
      };
      expect(await fixture.run("DownloadBundle")).toMatchObject({ errorCode: 0 });
      expect(readFileSync(layout().bundleFile)).toEqual(fixture.bundle);
    });

    test("of a source without a strong ETag all is fetched again", async () => {
      const asked = brokenOffAfter(half(), { etag: 'W/"abc"' });
      expect((await fixture.run("DownloadBundle")).message).toMatch(/after 2 retries/);
      expect(asked).toEqual([undefined, undefined, undefined]);
    });
  });

  test("what does not hash to an ETag that is its MD5 is fetched again, and is no bundle", async () => {
    const md5 = createHash("md5").update(fixture.bundle).digest("hex");
    let spoilt = 1;
    fixture.respond = (_, response) => {
      spoilt -= 1;
      response.setHeader("etag", `"${md5}"`).setHeader("x-amz-request-id", "1");
      response.end(spoilt >= 0 ? Buffer.alloc(fixture.bundle.length) : fixture.bundle);
    };
    expect(await fixture.run("DownloadBundle")).toMatchObject({ errorCode: 0 });
    expect(readFileSync(layout().bundleFile)).toEqual(fixture.bundle);
    expect(fixture.text()).toContain(`not what its ETag "${md5}" says`);
    spoilt = 9;
    expect((await fixture.run("DownloadBundle", { DeploymentId: "d-2", ...s3({ Key: "2" }) })).errorCode).toBe(5);
  });

  test("a bundle for which there is no room is not begun, and the message has both sizes and the cure", async () => {
    await fixture.close();
    fixture = await createHostFixture({ archiveLimits: { bundleBytes: 2 ** 52 } });
    fixture.respond = (_, response) => void response.writeHead(200, { "content-length": String(2 ** 50) }).write("x");
    const { message } = await fixture.run("DownloadBundle");
    expect(message).toMatch(
      /^The bundle at '.*\/bundle' needs 1\.0 PiB, but the disk of \S+ has [\d.]+ [KMGT]iB left\. Free space on it, then deploy again: df -h .*maxRevisions/,
    );
    expect(fixture.requests).toHaveLength(1);
  });

  test("the event's output says why a try failed and when the next one is, while it waits (aws-codedeploy-agent, issue 383)", async () => {
    let tries = 0;
    let saidByThen = "";
    fixture.respond = (_, response) => {
      tries += 1;
      saidByThen = fixture.text();
      if (tries > 1) return void response.end(fixture.bundle);
      response.writeHead(503).end("<Error><Code>SlowDown</Code></Error>");
    };
    expect(await fixture.run("DownloadBundle")).toMatchObject({ errorCode: 0 });
    expect(saidByThen).toMatch(/^The download failed: 503 'Service Unavailable'\. Retrying in [0-9.]+ s\.\n$/);
  });

  test("the ETag is compared without its quotes", async () => {
    expect(await fixture.run("DownloadBundle", s3({ ETag: "abc" }))).toMatchObject({ errorCode: 0 });
    const outcome = await fixture.run("DownloadBundle", { DeploymentId: "d-2", ...s3({ ETag: '"old"' }) });
    expect(outcome).toMatchObject({
      errorCode: 5,
      message: 'Expected deployment artifact bundle etag "old" but was actually "abc"',
    });
  });

  test("a bundle larger than the limit is refused, declared or not", async () => {
    await fixture.close();
    fixture = await createHostFixture({ archiveLimits: { bundleBytes: 10 } });
    fixture.bundle = Buffer.alloc(1000);
    expect((await fixture.run("DownloadBundle")).message).toContain("larger than 10 bytes");
    fixture.respond = (_, response) => {
      response.write(fixture.bundle);
      response.end();
    };
    expect((await fixture.run("DownloadBundle")).message).toContain("larger than 10 bytes");
  });

  test("the same deployment fetches its bundle once, unless it is another revision or was spoilt", async () => {
    const times = async (changes: Partial<DeploymentSpecification>) => {
      fixture.requests.length = 0;
      expect(await fixture.run("DownloadBundle", changes)).toMatchObject({ errorCode: 0 });
      return fixture.requests.length;
    };
    expect(await times({})).toBe(1);
    rmSync(layout().archiveDirectory, { recursive: true });
    expect(await times({})).toBe(0);
    expect(existsSync(join(layout().archiveDirectory, "appspec.yml"))).toBe(true);
    expect(await times(s3({ Key: "other.tgz" }))).toBe(1);
    writeFileSync(layout().bundleFile, Buffer.alloc(statSync(layout().bundleFile).size));
    expect(await times(s3({ Key: "other.tgz" })), "same length, other bytes").toBe(1);
  });

  describe("that another deployment of the group left", () => {
    let etag: string;
    let bodies: number;

    beforeEach(async () => {
      etag = '"one"';
      bodies = 0;
      fixture.respond = (request, response) => {
        response.setHeader("etag", etag);
        if (request.headers["if-none-match"] === etag) return void response.writeHead(304).end();
        bodies += 1;
        response.end(fixture.bundle);
      };
      expect(await fixture.run("DownloadBundle")).toMatchObject({ errorCode: 0 });
    });

    const again = (changes: Partial<DeploymentSpecification> = {}) =>
      fixture.run("DownloadBundle", { DeploymentId: "d-AGAIN", ...changes });
    const bundleOf = (DeploymentId: string) =>
      readFileSync(layoutOf(fixture.root, { ...specification(), DeploymentId }).bundleFile);

    test("nothing is downloaded while its source says that it still is the same", async () => {
      expect(await again()).toMatchObject({ errorCode: 0 });
      expect(bodies).toBe(1);
      expect(bundleOf("d-AGAIN")).toEqual(fixture.bundle);
      rmSync(layout().deploymentDirectory, { recursive: true });
      expect(bundleOf("d-AGAIN"), "its own, whatever becomes of the other").toEqual(fixture.bundle);
    });

    test("it is downloaded when the source has another under the same name", async () => {
      etag = '"two"';
      fixture.bundle = tgz({ "appspec.yml": "version: 0.0\nos: linux\nfiles: []\n" });
      expect(await again()).toMatchObject({ errorCode: 0 });
      expect(bodies).toBe(2);
      expect(bundleOf("d-AGAIN")).toEqual(fixture.bundle);
    });

    test("it is downloaded when what was left is spoilt", async () => {
      writeFileSync(layout().bundleFile, Buffer.alloc(statSync(layout().bundleFile).size));
      expect(await again()).toMatchObject({ errorCode: 0 });
      expect(bodies).toBe(2);
      expect(bundleOf("d-AGAIN")).toEqual(fixture.bundle);
    });

    test("another revision's bundle is not taken for it", async () => {
      expect(await again(s3({ Key: "other.tgz" }))).toMatchObject({ errorCode: 0 });
      expect(bodies).toBe(2);
    });

    describe("while its source cannot be reached", () => {
      const afterFirst = async (revision: ReturnType<typeof s3>, BundleSha256?: string) => {
        expect(await fixture.run("DownloadBundle", { DeploymentId: "d-FIRST", ...revision })).toMatchObject({
          errorCode: 0,
        });
        fixture.respond = (_, response) => response.destroy();
        fixture.requests.length = 0;
        return again({ ...revision, ...(BundleSha256 === undefined ? {} : { BundleSha256 }) });
      };

      test.each([s3({ ETag: "one" }), s3({ Version: "v7" })])(
        "a revision that names its bytes is there: %j",
        async (revision) => {
          expect(await afterFirst(revision)).toMatchObject({ errorCode: 0 });
          expect(fixture.requests).toHaveLength(0);
          expect(bundleOf("d-AGAIN")).toEqual(fixture.bundle);
        },
      );

      test("another revision is not installed in its stead", async () => {
        await afterFirst(s3({ ETag: "one" }));
        expect((await again(s3({ ETag: "two" }))).message).toContain("Could not download bundle");
        expect(
          (await again({ DeploymentId: "d-3", ...s3({ ETag: "one" }), BundleSha256: "0".repeat(64) })).errorCode,
        ).toBe(5);
      });

      test("one that names a place only is not there, and the message says why and what helps", async () => {
        const { errorCode, message } = await afterFirst(s3());
        expect(errorCode).toBe(5);
        expect(message).toMatch(
          /^Could not download bundle .* A copy that was downloaded before is on this host .* neither a version nor an ETag.* Deploy a revision with an ETag/,
        );
        expect(existsSync(layoutOf(fixture.root, specification({ DeploymentId: "d-AGAIN" })).bundleFile)).toBe(false);
      });
    });

    test("an ETag that the revision pins is still held against what is at hand", async () => {
      expect((await again(s3({ ETag: "zero" }))).message).toContain("but was actually");
    });
  });

  test("a server that goes silent is given up", async () => {
    await fixture.close();
    fixture = await createHostFixture({ timing: { downloadIdle: 50, downloadRetryDelays: [] } });
    fixture.respond = (_, response) => void response.writeHead(200, { "content-length": 5 }).write("a");
    expect((await fixture.run("DownloadBundle")).message).toMatch(/Could not download bundle/);
  });
});

describe("from S3 with the host's own keys", () => {
  const s3Credentials = { accessKeyId: "AKID", secretAccessKey: "very-secret", region: "eu-west-1" };

  test("signs a path-style request for the key's version", async () => {
    const outcome = await runOwnWay(s3({ Key: "a b/ü.tgz", Version: "v1" }), {
      s3Endpoint: fixture.baseUrl,
      s3Credentials,
    });
    expect(outcome).toMatchObject({ errorCode: 0 });
    expect(fixture.requests[0]?.url).toBe("/b/a%20b/%C3%BC.tgz?versionId=v1");
    expect(fixture.requests[0]?.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-west-1\/s3\/aws4_request, /,
    );
  });

  test("with the keys of the environment, and by the host itself although the server gave a URL", async () => {
    await fixture.close();
    const environment = {
      AWS_ACCESS_KEY_ID: "AKENV",
      AWS_SECRET_ACCESS_KEY: "x",
      AWS_REGION: "eu-west-1",
      HOME: "/none",
    };
    fixture = await createHostFixture({ trustedOrigins: [], s3Direct: true, environment });
    fixture.bundle = tgz({ "appspec.yml": "version: 0.0\nos: linux\n" });
    const config = { s3Endpoint: fixture.baseUrl, s3Direct: true, environment };
    const host = createHost({ directory: fixture.root, config });
    const command = {
      commandName: "DownloadBundle",
      specification: specification(s3()),
      bundleUrl: "https://elsewhere.example/x?s",
    };
    expect(await host.run(command, { write: () => {} }, new AbortController().signal)).toMatchObject({ errorCode: 0 });
    host.close();
    expect(fixture.requests).toEqual([
      { url: "/b/shop.tgz", authorization: expect.stringContaining("Credential=AKENV/") },
    ]);
  });

  test("without URL and keys it says what to configure", async () => {
    const environment = { AWS_EC2_METADATA_DISABLED: "true", HOME: "/none" };
    expect((await runOwnWay(s3(), { environment })).message).toMatch(
      /s3:\/\/b\/shop.tgz cannot be downloaded.*s3Credentials/,
    );
  });
});

describe("from GitHub", () => {
  test("follows the redirect without taking the token to the other origin", async () => {
    const seen: (string | undefined)[] = [];
    const other = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.end(fixture.bundle);
    });
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const location = `http://127.0.0.1:${(other.address() as AddressInfo).port}/codeload`;
    fixture.respond = (_, response) => response.writeHead(302, { location }).end();
    const outcome = await runOwnWay(gitHub(), {
      gitHubBaseUrl: fixture.baseUrl,
      gitHubToken: "t0ken",
      trustedOrigins: [new URL(location).origin],
    });
    await new Promise((resolve) => other.close(resolve));
    expect(outcome).toMatchObject({ errorCode: 0 });
    expect(fixture.requests).toEqual([{ url: "/repos/acme/shop/tarball/c0ffee", authorization: "token t0ken" }]);
    expect(seen).toEqual([undefined]);
  });

  test("keeps the token on the same origin, and needs none", async () => {
    fixture.respond = (request, response) => {
      if (request.url === "/moved") response.end(fixture.bundle);
      else response.writeHead(301, { location: "/moved" }).end();
    };
    await runOwnWay({ ...gitHub(), GitHubAccessToken: "spec" }, { gitHubBaseUrl: fixture.baseUrl, gitHubToken: "own" });
    expect(fixture.requests.map((request) => request.authorization)).toEqual(["token spec", "token spec"]);
    await runOwnWay({ ...gitHub(), DeploymentId: "d-2" }, { gitHubBaseUrl: fixture.baseUrl });
    expect(fixture.requests.at(-1)?.authorization).toBeUndefined();
  });

  test("gives up in the reference agent's words, without the token", async () => {
    fixture.respond = (_, response) => response.writeHead(404).end('{"message":"Not Found"}');
    const outcome = await runOwnWay(gitHub(), { gitHubBaseUrl: fixture.baseUrl, gitHubToken: "t0ken" });
    expect(outcome.message).toMatch(
      /^Could not download bundle at 'http:\/\/127\.0\.0\.1:\d+\/repos\/acme\/shop\/tarball\/c0ffee' after 0 retries\. Server returned codes: 404 'Not Found'\./,
    );
    expect(outcome.message).not.toContain("t0ken");
  });

  test("an endless redirect ends", async () => {
    fixture.respond = (_, response) => response.writeHead(302, { location: "/again" }).end();
    expect((await runOwnWay(gitHub(), { gitHubBaseUrl: fixture.baseUrl })).message).toContain("more than 5 times");
  });
});

describe("a specification that leads astray is refused", () => {
  test.each([
    { DeploymentId: "../../x" },
    { DeploymentId: "arn:aws:codedeploy:us-east-1:1:deployment/.." },
    { DeploymentGroupId: "a/b" },
    { DeploymentGroupId: "deployment-instructions" },
    { DeploymentGroupId: "" },
  ])("%o", async (changes) => {
    const outcome = await fixture.run("DownloadBundle", changes);
    expect(outcome).toMatchObject({ errorCode: 5, message: expect.stringContaining("cannot be a directory name") });
    expect(fixture.requests).toEqual([]);
  });

  test("a local revision is not obeyed", async () => {
    const Revision = { RevisionType: "Local Directory", LocalRevision: { Location: "/etc" } } as never;
    expect((await fixture.run("DownloadBundle", { Revision })).message).toContain("is not supported");
  });

  test("an ARN's last part is the deployment's id", async () => {
    const DeploymentId = "arn:aws:codedeploy:us-east-1:111122223333:deployment/d-FROMARN";
    expect(await fixture.run("DownloadBundle", { DeploymentId })).toMatchObject({ errorCode: 0 });
    expect(existsSync(join(fixture.root, specification().DeploymentGroupId, "d-FROMARN/deployment-archive"))).toBe(
      true,
    );
  });
});
