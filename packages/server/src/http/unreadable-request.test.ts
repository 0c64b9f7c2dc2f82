import { text } from "node:stream/consumers";
import { agentFor } from "@sluice/wire/client/connection-agent.ts";
import { exchange } from "@sluice/wire/client/http-exchange.ts";
import { afterEach, describe, expect, it } from "vitest";
import { createSelfSignedCertificate } from "../signing/self-signed-certificate.ts";
import { ENDLESS, ListeningServer } from "./listening-server.fixture.ts";

const server = new ListeningServer();
afterEach(() => server.close());

describe("a caller who speaks the wrong protocol, or does not trust the certificate, is told so", () => {
  const askAs = async (url: string, ca?: string) => {
    const agent = agentFor(url, ca === undefined ? undefined : { ca });
    try {
      const answer = await exchange({ method: "GET", url, headers: {}, agent, timeoutMs: 10_000 });
      return `${answer.statusCode} ${await text(answer)}`;
    } catch (error) {
      return (error as Error).message;
    } finally {
      agent.destroy();
    }
  };
  const certificate = (name: string) => createSelfSignedCertificate({ commonName: "here", subjectAltNames: [name] });

  it("plain HTTP to a port of TLS", async () => {
    const port = await server.listen({ tls: await certificate("127.0.0.1"), patience: ENDLESS });
    expect(await askAs(`http://127.0.0.1:${port}/`)).toMatch(/^400 .*use an address that begins with https:\/\//);
    await server.untilOpen(0);
  });

  it("TLS to a port of plain HTTP", async () => {
    const port = await server.listen({ patience: ENDLESS });
    const url = `https://127.0.0.1:${port}`;
    expect(await askAs(`${url}/`)).toBe(
      `${url}: the server uses plain HTTP on this port, not TLS: use http:// instead of https://`,
    );
  });

  it("a certificate that nobody vouches for, or of another name", async () => {
    const tls = await certificate("127.0.0.2");
    const port = await server.listen({ tls, patience: ENDLESS });
    const url = `https://127.0.0.1:${port}/`;
    expect(await askAs(url)).toMatch(
      /is not trusted on this machine \(self-signed certificate\)\. .*AWS_CA_BUNDLE=FILE, or ca_bundle/,
    );
    expect(await askAs(url, tls.certificatePem)).toMatch(/is for other names .*Use an address whose name is in it$/);
  });
});
