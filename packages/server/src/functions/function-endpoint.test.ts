import { beforeAll, describe, expect, it } from "vitest";
import { createSelfSignedCertificate } from "../signing/self-signed-certificate.ts";
import { functionEndpoint } from "./function-endpoint.ts";

it.each([
  [["http://127.0.0.1:9450"], "http://127.0.0.1:9450"],
  [["http://[::1]:9450", "http://127.0.0.1:9450"], "http://127.0.0.1:9450"],
  [["https://10.0.0.5:9450", "http://[::1]:9451"], "http://[::1]:9451"],
  [["http://localhost:9450"], "http://localhost:9450"],
])("without TLS on loopback: %j", (urls, endpoint) => {
  expect(functionEndpoint(urls, undefined)).toBe(endpoint);
});

describe("with TLS", () => {
  const pem = new Map<string, string>();
  beforeAll(async () => {
    for (const names of [
      ["localhost", "127.0.0.1", "10.0.0.5"],
      ["*.example.com", "sluice.example.com"],
      ["10.9.9.9"],
    ]) {
      const made = await createSelfSignedCertificate({ commonName: "sluice", subjectAltNames: names });
      pem.set(names.join(), made.certificatePem);
    }
  });

  it.each([
    [
      "the address that it listens on",
      ["https://127.0.0.1:9450"],
      "localhost,127.0.0.1,10.0.0.5",
      "https://127.0.0.1:9450",
    ],
    [
      "one of two addresses",
      ["https://10.0.0.6:1", "https://10.0.0.5:2"],
      "localhost,127.0.0.1,10.0.0.5",
      "https://10.0.0.5:2",
    ],
    [
      "the certificate's name",
      ["https://127.0.0.1:9450"],
      "*.example.com,sluice.example.com",
      "https://sluice.example.com:9450",
    ],
    [
      "a name of a wildcard",
      ["https://a.example.com:9450"],
      "*.example.com,sluice.example.com",
      "https://a.example.com:9450",
    ],
    ["what there is", ["https://127.0.0.1:9450"], "10.9.9.9", "https://127.0.0.1:9450"],
  ])("is called by %s", (_, urls, names, endpoint) => {
    expect(functionEndpoint(urls, pem.get(names))).toBe(endpoint);
  });
});
