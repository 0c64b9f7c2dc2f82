import { afterEach, describe, expect, it } from "vitest";
import { createSelfSignedCertificate } from "../signing/self-signed-certificate.ts";
import { ENDLESS, ListeningServer, METRICS_TOKEN } from "./listening-server.fixture.ts";

const server = new ListeningServer();
afterEach(() => server.close());

const TLS_GREETING_BEGUN = "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03";

describe("a connection over which nothing useful comes", () => {
  it.each([
    ["nothing", ""],
    ["half a request line", "POST / HT"],
    ["half of the headers", "POST / HTTP/1.1\r\nhost: here\r\nx-amz-"],
    ["what is no request", "\x01\x02\x03\r\n\r\n"],
  ])("is ended by the server, though its caller does not end it: %s", async (_, bytes) => {
    const port = await server.listen();
    const accepted = server.accepted();
    server.caller(port, bytes);
    await accepted;
    await server.untilOpen(0);
  });

  it.each([
    ["nothing", ""],
    ["half a greeting", TLS_GREETING_BEGUN],
    ["a request in plain text", "GET /healthz HTTP/1.1\r\nhost: here\r\n\r\n"],
  ])("is ended where TLS is spoken, too: %s", async (_, bytes) => {
    const tls = await createSelfSignedCertificate({ commonName: "here", subjectAltNames: ["127.0.0.1"] });
    const port = await server.listen({ tls });
    const accepted = server.accepted();
    server.caller(port, bytes);
    await accepted;
    await server.untilOpen(0);
  });
});

describe("/metrics", () => {
  const ask = async (port: number, headers: Record<string, string>) => {
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`, { headers });
    return { status: answer.status, text: await answer.text() };
  };

  it("takes the bearer token that its documentation names", async () => {
    const port = await server.listen({ patience: ENDLESS });
    expect(await ask(port, { authorization: `Bearer ${METRICS_TOKEN}` })).toEqual({
      status: 200,
      text: "sluice_hosts 1\n",
    });
  });

  it("leaves signed requests to the services, as everywhere", async () => {
    const port = await server.listen({ patience: ENDLESS });
    expect(await ask(port, { authorization: "AWS4-HMAC-SHA256 Credential=x" })).toEqual({
      status: 200,
      text: "signed",
    });
  });
});
