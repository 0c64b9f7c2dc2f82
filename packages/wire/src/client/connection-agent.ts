import type { AgentOptions, Agent as HttpAgent } from "node:http";
import type { Agent as HttpsAgent } from "node:https";
import type { Duplex } from "node:stream";
import { connect } from "node:tls";
import { http, https } from "./node-http.ts";

export interface TlsTrust {
  /** PEM of the authorities that are trusted instead of the system's. */
  readonly ca?: string | undefined;
  /**
   * sha256 of the server's own certificate in hex (colons allowed). When given, and not empty, one of them has to be what the server
   * shows, and that is all that counts: its issuer, name and dates are not asked, so a self-signed one is good.
   */
  readonly fingerprints?: readonly string[] | undefined;
}

/**
 * How long an unused connection is kept: below the 60 s after which load balancers drop it. As the agent's own time-out it also makes Node
 * heed a server that announces a shorter one (Keep-Alive: timeout=5); it never ends a connection in use.
 */
const IDLE_CONNECTION_MAX_MS = 50_000;
const FREE_SOCKETS_MAX = 8;

/** The server was reached, and showed a certificate whose fingerprint is not among those that are pinned. */
export class CertificateNotPinned extends Error {
  override readonly name = "CertificateNotPinned";
}

/** Whether that is why a call failed. */
export function isCertificateNotPinned(error: unknown): boolean {
  for (let one = error; one instanceof Error; one = one.cause) if (one instanceof CertificateNotPinned) return true;
  return false;
}

/** Keep-alive connections to one endpoint, without Nagle's delay. */
export function connectionAgent(protocol: "http:" | "https:", trust: TlsTrust | undefined): HttpAgent {
  const options: AgentOptions & { noDelay: boolean } = {
    keepAlive: true,
    noDelay: true,
    timeout: IDLE_CONNECTION_MAX_MS,
    maxFreeSockets: FREE_SOCKETS_MAX,
    scheduling: "lifo",
  };
  if (protocol === "http:") return new http.Agent(options);
  const fingerprints = (trust?.fingerprints ?? []).map(normaliseFingerprint);
  if (fingerprints.length > 0) return new PinnedAgent(options, new Set(fingerprints));
  return new https.Agent(trust?.ca === undefined ? options : { ...options, ca: trust.ca });
}

/** The agent for an endpoint's URL. */
export function agentFor(url: string, trust: TlsTrust | undefined): HttpAgent {
  return connectionAgent(/^https:/i.test(url) ? "https:" : "http:", trust);
}

export function normaliseFingerprint(fingerprint: string): string {
  return fingerprint.replaceAll(":", "").toLowerCase();
}

/**
 * Hands a connection out only after the server's certificate was compared, so that not one byte of a request (it may carry an
 * enrolment token) reaches the wrong server. Sessions are not resumed: a resumed one shows no certificate.
 */
class PinnedAgent extends https.Agent {
  readonly #fingerprints: ReadonlySet<string>;

  constructor(options: AgentOptions, fingerprints: ReadonlySet<string>) {
    super({ ...options, maxCachedSessions: 0 });
    this.#fingerprints = fingerprints;
  }

  override createConnection(
    options: Parameters<HttpsAgent["createConnection"]>[0],
    callback?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    const { hostname, host, port } = options as { hostname?: string; host?: string; port?: number | string };
    const name = hostname ?? host ?? "localhost";
    const socket = connect({
      host: name,
      port: Number(port ?? 443),
      // A server name must not be an address (RFC 6066).
      ...(/^[\d.]+$|:/.test(name) ? {} : { servername: name }),
      rejectUnauthorized: false,
      ALPNProtocols: ["http/1.1"],
    });
    socket.setNoDelay(true);
    const onError = (error: Error) => callback?.(error, undefined as never);
    socket.once("error", onError);
    socket.once("secureConnect", () => {
      const shown = socket.getPeerX509Certificate()?.fingerprint256;
      if (shown !== undefined && this.#fingerprints.has(normaliseFingerprint(shown))) {
        socket.off("error", onError);
        callback?.(null, socket);
        return;
      }
      socket.destroy(
        new CertificateNotPinned(
          `the server's certificate has the sha256 fingerprint ${shown === undefined ? "(none)" : normaliseFingerprint(shown)}, which is not ` +
            `the pinned one (${[...this.#fingerprints].join(", ")}). Either this is another server, or its certificate was renewed`,
        ),
      );
    });
    return undefined;
  }
}
