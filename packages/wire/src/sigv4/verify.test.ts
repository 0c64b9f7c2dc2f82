import { execFileSync } from "node:child_process";
import { beforeEach, describe, expect, it } from "vitest";
import { parseAuthorization } from "./authorization.ts";
import { EMPTY_SHA256 } from "./canonical-request.ts";
import type { HttpRequest } from "./http-request.ts";
import { presignUrl, signRequest, splitUrl } from "./sign.ts";
import { SignatureFault } from "./signature-fault.ts";
import { MAX_PRESIGN_SECONDS, verifySignature } from "./verify.ts";

const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
const now = new Date("2026-11-23T18:30:00Z");
const body = Buffer.from('{"applicationName":"shop"}');

function signed(overrides: Partial<Parameters<typeof signRequest>[0]> = {}): HttpRequest {
  const request = {
    method: "POST",
    url: "http://127.0.0.1:8080/",
    headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": "CodeDeploy_20141006.GetApplication" },
    body,
    credentials,
    region: "us-east-1",
    service: "codedeploy",
    now,
    ...overrides,
  };
  return {
    method: request.method,
    path: splitUrl(request.url).path,
    headers: signRequest(request),
    body: typeof request.body === "string" ? Buffer.from(request.body) : request.body,
  };
}

function verify(request: HttpRequest, at = now, secret = credentials.secretAccessKey): void {
  verifySignature(parseAuthorization(request), request, secret, at);
}

function refusal(attempt: () => void): SignatureFault {
  try {
    attempt();
  } catch (error) {
    if (error instanceof SignatureFault) return error;
    throw error;
  }
  throw new Error("was accepted");
}

function later(seconds: number): Date {
  return new Date(now.getTime() + seconds * 1000);
}

describe("published examples", () => {
  // Signature V4 test suite, get-vanilla.
  it("get-vanilla", () => {
    const headers = signRequest({
      method: "GET",
      url: "https://example.amazonaws.com/",
      credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" },
      region: "us-east-1",
      service: "service",
      now: new Date("2015-08-30T12:36:00Z"),
    });
    expect(headers.authorization).toBe(
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, " +
        "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
    );
  });

  // S3 API reference, "Signature Calculations for the Authorization Header" and "… Using Query Parameters".
  const s3 = {
    credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" },
    region: "us-east-1",
    service: "s3",
    now: new Date("2013-05-24T00:00:00Z"),
  };
  const host = "https://examplebucket.s3.amazonaws.com";
  it.each([
    [
      "GET",
      "/test.txt",
      { range: "bytes=0-9" },
      "",
      "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
    ],
    [
      "PUT",
      "/test%24file.text",
      { date: "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY" },
      "Welcome to Amazon S3.",
      "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
    ],
    ["GET", "/?lifecycle", {}, "", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"],
    ["GET", "/?max-keys=2&prefix=J", {}, "", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"],
  ])("S3 %s %s", (method, path, headers, text, signature) => {
    const signedHeaders = signRequest({ ...s3, method, url: `${host}${path}`, headers, body: text });
    expect(signedHeaders.authorization).toContain(`Signature=${signature}`);
  });

  it("S3 presigned", () => {
    const url = presignUrl({ ...s3, method: "GET", url: `${host}/test.txt`, expiresSeconds: 86400 });
    expect(url).toContain("X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
  });
});

describe("a signed request", () => {
  it("is accepted", () => verify(signed()));

  it("names its scope before anything is proved", () => {
    expect(parseAuthorization(signed())).toMatchObject({
      form: "header",
      accessKeyId: "AKIDEXAMPLE",
      date: "20261123",
      region: "us-east-1",
      service: "codedeploy",
      amzDate: "20261123T183000Z",
      signedHeaders: ["content-type", "host", "x-amz-date", "x-amz-target"],
    });
  });

  it.each<[string, (request: HttpRequest) => HttpRequest]>([
    ["another body", (r) => ({ ...r, body: Buffer.from('{"applicationName":"shopping"}') })],
    ["no body", (r) => ({ ...r, body: undefined })],
    [
      "another operation",
      (r) => ({ ...r, headers: { ...r.headers, "x-amz-target": "CodeDeploy_20141006.DeleteApplication" } }),
    ],
    ["another host", (r) => ({ ...r, headers: { ...r.headers, host: "elsewhere" } })],
    ["another path", (r) => ({ ...r, path: "/other" })],
    ["another query", (r) => ({ ...r, path: "/?a=b" })],
    ["another method", (r) => ({ ...r, method: "PUT" })],
  ])("is refused with %s", (_, change) => {
    expect(refusal(() => verify(change(signed())))).toMatchObject({
      code: "InvalidSignatureException",
      reason: "mismatch",
    });
  });

  it("is refused with another secret, and says no secret", () => {
    const fault = refusal(() => verify(signed(), now, "another"));
    expect(fault.code).toBe("InvalidSignatureException");
    expect(fault.message).not.toContain(credentials.secretAccessKey);
  });

  it("cannot leave a JSON service's body unsigned by claiming so", () => {
    const request = signed({
      payloadHash: "UNSIGNED-PAYLOAD",
      headers: { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" },
    });
    expect(refusal(() => verify(request)).reason).toBe("mismatch");
  });

  it.each(["x-amz-target", "x-amz-security-token", "x-amz-content-sha256"])("must sign %s", (name) => {
    const request = signed({ headers: {} });
    const fault = refusal(() => verify({ ...request, headers: { ...request.headers, [name]: "slipped in" } }));
    expect(fault.code).toBe("IncompleteSignatureException");
    expect(fault.message).toContain(name);
  });

  it.each(["host", "x-amz-target", "no-such-header"])("cannot have %s signed more than once", (name) => {
    const request = signed();
    const authorization = String(request.headers.authorization).replace(/(SignedHeaders=[^,]+)/, `$1;${name};${name}`);
    const repeated = { ...request, headers: { ...request.headers, authorization } };
    expect(refusal(() => parseAuthorization(repeated))).toMatchObject({
      reason: "incomplete",
      message: "SignedHeaders names a header more than once; name each once.",
    });
  });

  it("must sign the host", () => {
    const request = signed();
    const authorization = String(request.headers.authorization).replace("host;", "");
    const fault = refusal(() => verify({ ...request, headers: { ...request.headers, authorization } }));
    expect(fault.message).toContain("'host'");
  });

  it.each([
    [301, "behind", "20261123T183501Z"],
    [-301, "ahead of", "20261123T182459Z"],
  ])("tells a clock that is off by %i s", (seconds, direction, serverTime) => {
    const fault = refusal(() => verify(signed(), later(seconds)));
    expect(fault).toMatchObject({ code: "InvalidSignatureException", reason: "skewed" });
    expect(fault.message).toContain("20261123T183000Z");
    expect(fault.message).toContain(serverTime);
    expect(fault.message).toContain(`301 s ${direction} the server`);
  });

  it.each([300, -300])("tolerates %i s", (seconds) => verify(signed(), later(seconds)));

  it("must be dated as its scope says", () => {
    const request = signed();
    const authorization = String(request.headers.authorization).replace("/20261123/", "/20261122/");
    const fault = refusal(() => verify({ ...request, headers: { ...request.headers, authorization } }));
    expect(fault.message).toContain("'20261122' != '20261123'");
  });

  it.each<[Record<string, string | undefined>, string, string]>([
    [{ authorization: undefined }, "MissingAuthenticationTokenException", "Authorization header"],
    [{ authorization: "Basic abc" }, "IncompleteSignatureException", '"Basic"'],
    [{ authorization: "AWS4-HMAC-SHA256 Credential=a/b" }, "IncompleteSignatureException", "'Signature' parameter"],
    [{ "x-amz-date": undefined }, "IncompleteSignatureException", "'X-Amz-Date' or a 'Date'"],
    [{ "x-amz-date": "20260231T000000Z" }, "IncompleteSignatureException", "20260231T000000Z"],
  ])("with %o is a %s", (headers, code, text) => {
    const request = signed();
    const fault = refusal(() => verify({ ...request, headers: { ...request.headers, ...headers } }));
    expect(fault.code).toBe(code);
    expect(fault.message).toContain(text);
  });

  it("names a credential of the wrong form", () => {
    const request = signed();
    const authorization = String(request.headers.authorization).replace("/aws4_request", "");
    const fault = refusal(() => parseAuthorization({ ...request, headers: { ...request.headers, authorization } }));
    expect(fault.message).toContain("'AKIDEXAMPLE/20261123/us-east-1/codedeploy'");
  });
});

describe("S3", () => {
  const s3 = { method: "PUT", url: "http://127.0.0.1/bucket/a%20b//../c", service: "s3", headers: {} };

  it("checks the body against the claimed hash when it has it", () => {
    const request = signed(s3);
    verify(request);
    verify({ ...request, body: undefined });
    expect(refusal(() => verify({ ...request, body: Buffer.from("other") })).reason).toBe("payload");
  });

  it("takes an unsigned payload only as such", () => {
    const request = signed({ ...s3, payloadHash: "UNSIGNED-PAYLOAD" });
    verify({ ...request, body: Buffer.from("anything") });
    const forged = { ...request, headers: { ...request.headers, "x-amz-content-sha256": EMPTY_SHA256 } };
    expect(refusal(() => verify({ ...forged, body: undefined })).reason).toBe("mismatch");
  });

  it.each([undefined, "RUBBISH"])("refuses the payload hash %s", (value) => {
    const request = signed(s3);
    const headers = { ...request.headers, "x-amz-content-sha256": value };
    expect(refusal(() => verify({ ...request, headers })).message).toContain("x-amz-content-sha256");
  });
});

describe("a presigned URL", () => {
  const presigned = (expiresSeconds = 900, url = "https://h.example/b/k?x=1"): HttpRequest => {
    const text = presignUrl({
      method: "GET",
      url,
      credentials,
      region: "us-east-1",
      service: "s3",
      now,
      expiresSeconds,
    });
    const { host, path } = splitUrl(text);
    return { method: "GET", path, headers: { host } };
  };

  it("is accepted until it expires, and not after", () => {
    verify(presigned());
    verify(presigned(), later(900));
    const fault = refusal(() => verify(presigned(), later(901)));
    expect(fault).toMatchObject({ code: "RequestExpired", reason: "expired" });
    expect(fault.message).toContain("20261123T184500Z");
  });

  it("is refused before its time", () => {
    expect(refusal(() => verify(presigned(), later(-301))).reason).toBe("skewed");
  });

  it("lives seven days at most", () => {
    verify(presigned(MAX_PRESIGN_SECONDS), later(MAX_PRESIGN_SECONDS));
    expect(() => presigned(MAX_PRESIGN_SECONDS + 1)).toThrow(RangeError);
    const path = presigned().path.replace("X-Amz-Expires=900", "X-Amz-Expires=604801");
    expect(refusal(() => verify({ ...presigned(), path })).message).toContain("604801");
  });

  it.each([
    ["another key", (path: string) => path.replace("/b/k", "/b/l")],
    ["a longer life", (path: string) => path.replace("Expires=900", "Expires=901")],
    ["another parameter", (path: string) => path.replace("x=1", "x=2")],
  ])("is refused with %s", (_, change) => {
    const request = presigned();
    expect(refusal(() => verify({ ...request, path: change(request.path) })).reason).toBe("mismatch");
  });

  it("carries no header of ours that it does not sign", () => {
    const request = presigned();
    const headers = { ...request.headers, "x-amz-acl": "public-read" };
    expect(refusal(() => verify({ ...request, headers })).reason).toBe("incomplete");
  });

  it.each(["Algorithm", "Credential", "Date", "Expires", "SignedHeaders"])("names a missing X-Amz-%s", (name) => {
    const request = presigned();
    const path = request.path.replace(`X-Amz-${name}=`, "removed=");
    expect(refusal(() => verify({ ...request, path })).message).toContain(`X-Amz-${name}`);
  });

  it("refuses a header that is signed more than once", () => {
    const path = "/bucket/key?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=A/20261123/us-east-1/s3/aws4_request";
    const rest = `&X-Amz-Date=20261123T183000Z&X-Amz-Expires=60&X-Amz-Signature=${"0".repeat(64)}&X-Amz-SignedHeaders=`;
    const request = (names: string) => ({ path: `${path}${rest}${names}`, headers: { host: "here" } });
    expect(parseAuthorization(request("host")).signedHeaders).toEqual(["host"]);
    expect(refusal(() => parseAuthorization(request("host;host"))).reason).toBe("incomplete");
  });

  it("refuses a parameter given twice", () => {
    const request = presigned();
    expect(refusal(() => verify({ ...request, path: `${request.path}&X-Amz-Expires=5` })).message).toContain("2 times");
  });
});

const botocore = (() => {
  try {
    execFileSync("python3", ["-c", "import botocore"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

describe("what botocore signs", () => {
  beforeEach((context) => context.skip(!botocore, "botocore is not installed: pip install botocore"));

  const SCRIPT = `
import json, sys
from datetime import datetime, timezone
from botocore.auth import SigV4Auth, S3SigV4Auth, SigV4QueryAuth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
answers = []
for case in json.load(sys.stdin):
    token = case.get("token")
    credentials = Credentials(case["accessKeyId"], case["secretAccessKey"], token)
    kind = {"header": SigV4Auth, "s3": S3SigV4Auth, "query": SigV4QueryAuth, "s3query": S3SigV4QueryAuth}[case["kind"]]
    extra = {"expires": 900} if "query" in case["kind"] else {}
    request = AWSRequest(method=case["method"], url=case["url"], params=case.get("params") or {}, data=case.get("body", "").encode(), headers=case.get("headers", {}))
    kind(credentials, case["service"], "us-east-1", **extra).add_auth(request)
    prepared = request.prepare()
    answers.append({"url": prepared.url, "headers": {k.lower(): (v.decode() if isinstance(v, bytes) else v) for k, v in prepared.headers.items()}})
print(json.dumps(answers))
`;
  const paths = [
    "/",
    "/bucket/plain.txt",
    "/bucket/a%20b/c%2Bd",
    "/bucket/%E2%82%AC/%C3%BC.zip",
    "/bucket//double///slash/",
    "/bucket/a/../b/./c",
    "/bucket/~tilde-_.",
    "/bucket/%21%27%28%29%2A",
    "/?a=1&a=0&A=2&a-b=3",
    "/?list-type=2&prefix=a%20b%2Fc&delimiter=%2F&empty=",
    "/?acl",
    "/?k%C3%A9=v%26w&~x=~",
  ];
  const cases = paths.flatMap((path) =>
    [
      { kind: "header", service: "codedeploy", body: "{}" },
      {
        kind: "header",
        service: "codedeploy",
        body: '{"ü":"€"}',
        token: "session/token==",
        headers: { "X-Amz-Target": "a.b", "X-Odd": "  a   b  " },
      },
      { kind: "s3", service: "s3", body: "content" },
      { kind: "s3", service: "s3", body: "content", headers: { "X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD" } },
      { kind: "query", service: "sts", method: "GET" },
      { kind: "s3query", service: "s3", method: "GET", token: "session/token==" },
    ].map((variant) => ({ method: "PUT", ...credentials, ...variant, url: `http://127.0.0.1:8080${path}` })),
  );

  const answers = (): { url: string; headers: Record<string, string> }[] =>
    JSON.parse(execFileSync("python3", ["-c", SCRIPT], { input: JSON.stringify(cases), encoding: "utf8" }));

  it("is accepted here, and refused when a byte of it differs", () => {
    const accepted = answers().map((answer, index): string | undefined => {
      const { host, path } = splitUrl(answer.url);
      const example = cases[index] as { method: string; body?: string };
      const request: HttpRequest = {
        method: example.method,
        path,
        headers: { host, ...answer.headers },
        body: Buffer.from(example.body ?? ""),
      };
      try {
        verify(request, new Date());
      } catch (error) {
        return `${JSON.stringify(cases[index])}: ${(error as Error).message}`;
      }
      expect(
        refusal(() => verify({ ...request, path: `${path}${path.includes("?") ? "&" : "?"}z=1` }, new Date())).reason,
      ).toBe("mismatch");
      return undefined;
    });
    expect(accepted.length).toBe(cases.length);
    expect(accepted.filter((problem) => problem !== undefined)).toEqual([]);
  });
});
