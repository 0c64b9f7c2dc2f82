import { describe, expect, it } from "vitest";
import { createSelfSignedCertificate } from "../signing/self-signed-certificate.ts";
import { type ConfiguredName, ServerNames } from "./server-names.ts";

const LOCAL = { localAddress: "127.0.0.1", localPort: 8400, usesTls: false };
const OUTSIDE = { localAddress: "::ffff:10.0.0.1", localPort: 8400, usesTls: true };

function names(listen: string[], configured: ConfiguredName[] = [], certificatePem?: string, addresses: string[] = []) {
  return new ServerNames({ listen, configured, certificatePem, interfaceAddresses: () => addresses });
}

describe("the names of a server on loopback", () => {
  const server = names(["127.0.0.1"]);

  it.each([
    ["127.0.0.1:8400", "http://127.0.0.1:8400"],
    ["localhost:8400", "http://localhost:8400"],
    ["LOCALHOST.:8400", "http://localhost:8400"],
    ["localhost", "http://localhost"],
    ["localhost:", "http://localhost"],
    ["[::ffff:127.0.0.1]:8400", "http://127.0.0.1:8400"],
    [undefined, "http://127.0.0.1:8400"],
    ["", "http://127.0.0.1:8400"],
  ])("hold %s", (host, endpoint) => {
    expect(server.find(host, LOCAL)).toEqual({ endpoint, bucket: undefined });
  });

  it.each([
    "evil.example",
    "evil.example:8400",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "127.0.0.1:8400/secret-bucket/key?x=",
    "127.0.0.1:8400@evil.example",
    "evil.example#127.0.0.1",
    "127.0.0.1, evil.example",
    "127.1",
    "2130706433",
    "0x7f.0.0.1",
    "127.0.0.2",
    "10.0.0.1",
    "0.0.0.0",
    "127.0.0.1:99999",
    "127.0.0.1:0",
    "127.0.0.1:80:80",
    "[127.0.0.1]",
    "[::1",
    "::1]",
    "[::1]:8400",
    "bucket.localhost",
    "..localhost",
    ".",
    " ",
    "a".repeat(300),
  ])("do not hold %j", (host) => {
    expect(server.find(host, LOCAL)).toBeNull();
  });

  it("may have a bucket before them, where buckets are asked for", () => {
    expect(server.find("my.bucket.localhost:8400", LOCAL, true)).toEqual({
      endpoint: "http://localhost:8400",
      bucket: "my.bucket",
    });
    expect(server.find("bucket.evil.example", LOCAL, true)).toBeNull();
    expect(server.find("localhost:8400", LOCAL, true)).toEqual({
      endpoint: "http://localhost:8400",
      bucket: undefined,
    });
  });
});

describe("the names of a server that listens everywhere", () => {
  const interfaces = ["127.0.0.1", "10.0.0.1", "fe80::1%eth0", "fd00::5"];
  const server = new ServerNames({ listen: ["0.0.0.0"], configured: [], interfaceAddresses: () => interfaces });

  it.each(["10.0.0.1:8400", "[fd00:0::5]:8400", "[::1]:8400", "[fe80::1%25eth0]", "127.0.0.1"])("hold %s", (host) => {
    expect(server.find(host, OUTSIDE)).not.toBeNull();
  });

  it("follow the interfaces as they come and go", () => {
    expect(server.find("10.9.9.9", OUTSIDE)).toBeNull();
    interfaces.push("10.9.9.9");
    expect(server.find("10.9.9.9", OUTSIDE)).toEqual({ endpoint: "https://10.9.9.9", bucket: undefined });
    interfaces.pop();
    expect(server.find("10.9.9.9", OUTSIDE)).toBeNull();
  });

  it("are no name that only leads to them", () => {
    expect(server.find("rebound.evil.example:8400", OUTSIDE)).toBeNull();
  });
});

describe("the names of a certificate", () => {
  it("are the server's, and a wildcard stands for one label", async () => {
    const { certificatePem } = await createSelfSignedCertificate({
      commonName: "common.example.com",
      subjectAltNames: ["sluice.example.com", "*.apps.example.com", "192.0.2.7"],
    });
    const server = names(["10.0.0.1"], [], certificatePem);
    const found = (host: string) => server.find(host, OUTSIDE, true);
    expect(found("Sluice.Example.com")).toEqual({ endpoint: "https://sluice.example.com", bucket: undefined });
    expect(found("192.0.2.7:8400")).toEqual({ endpoint: "https://192.0.2.7:8400", bucket: undefined });
    expect(found("one.apps.example.com:8400")).toEqual({
      endpoint: "https://one.apps.example.com:8400",
      bucket: undefined,
    });
    expect(server.find("one.two.apps.example.com", OUTSIDE)).toBeNull();
    expect(found("one.two.apps.example.com")).toEqual({ endpoint: "https://two.apps.example.com", bucket: "one" });
    expect(found("my.bucket.two.apps.example.com:8400")).toEqual({
      endpoint: "https://two.apps.example.com:8400",
      bucket: "my.bucket",
    });
    expect(found("apps.example.com")).toBeNull();
    expect(found("my-bucket.sluice.example.com")).toEqual({
      endpoint: "https://sluice.example.com",
      bucket: "my-bucket",
    });
    expect(found("example.com")).toBeNull();
    expect(found("bucket.example.com")).toBeNull();
    expect(found("apps.example.com.evil.example")).toBeNull();
    expect(found("two.apps.example.com.evil.example")).toBeNull();
  });
});

it("a name that may be a bucket or the server is the server's once sluice.yml names it", async () => {
  const subjectAltNames = ["example.com", "*.example.com"];
  const { certificatePem } = await createSelfSignedCertificate({ commonName: "example.com", subjectAltNames });
  const host = "deploy.example.com";
  expect(names(["10.0.0.1"], [], certificatePem).find(host, OUTSIDE, true)).toEqual({
    endpoint: "https://example.com",
    bucket: "deploy",
    mayBeServer: host,
  });
  const named = names(["10.0.0.1"], [{ name: host }], certificatePem);
  expect(named.find(host, OUTSIDE, true)).toEqual({ endpoint: "https://deploy.example.com", bucket: undefined });
  expect(named.find(`artifacts.${host}`, OUTSIDE, true)).toEqual({
    endpoint: "https://deploy.example.com",
    bucket: "artifacts",
  });
});

describe("the names of sluice.yml", () => {
  const server = names(
    ["127.0.0.1"],
    [
      { name: "plain.example.com" },
      { name: "198.51.100.4", port: 9400 },
      { name: "proxied.example.com", scheme: "https", port: 443 },
    ],
  );

  it.each([
    ["plain.example.com:1234", "http://plain.example.com:1234"],
    ["198.51.100.4:9400", "http://198.51.100.4:9400"],
    ["proxied.example.com", "https://proxied.example.com"],
    ["proxied.example.com:443", "https://proxied.example.com:443"],
  ])("hold %s", (host, endpoint) => expect(server.find(host, LOCAL)?.endpoint).toBe(endpoint));

  it.each([
    ["my-bucket.plain.example.com:1234", "my-bucket", "http://plain.example.com:1234"],
    ["my.dotted.bucket.plain.example.com", "my.dotted.bucket", "http://plain.example.com"],
    ["my-bucket.proxied.example.com", "my-bucket", "https://proxied.example.com"],
    ["my-bucket.localhost:8400", "my-bucket", "http://localhost:8400"],
  ])("may have a bucket before them: %s", (host, bucket, endpoint) => {
    expect(server.find(host, LOCAL, true)).toEqual({ endpoint, bucket });
    expect(server.find(host, LOCAL)).toBeNull();
  });

  it.each([
    "my-bucket.other.example.com",
    "my-bucket.proxied.example.com:8400",
    "plain.example.com.evil.example",
    ".plain.example.com",
  ])("have no bucket before them in %s", (host) => expect(server.find(host, LOCAL, true)).toBeNull());

  it.each(["198.51.100.4", "198.51.100.4:9401", "proxied.example.com:8400"])("do not hold %s", (host) =>
    expect(server.find(host, LOCAL)).toBeNull(),
  );
});

it("names each of its names once for people, also one that sluice.yml and the certificate have", async () => {
  const subjectAltNames = ["deploy.example.com", "localhost", "127.0.0.1"];
  const { certificatePem } = await createSelfSignedCertificate({ commonName: "deploy.example.com", subjectAltNames });
  const configured = [{ name: "deploy.example.com" }, { name: "deploy.example.com", port: 443 }];
  const { known } = names(["0.0.0.0"], configured, certificatePem);
  expect(known).toEqual(["deploy.example.com", "deploy.example.com:443", "localhost", "127.0.0.1", "::1"]);
});
