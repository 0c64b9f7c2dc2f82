import { createHash, type X509Certificate } from "node:crypto";
import type { AgentOptions, Agent as HttpAgent } from "node:http";
import type { Agent as HttpsAgent } from "node:https";
import type { Duplex } from "node:stream";
import { connect, type TLSSocket } from "node:tls";
import { http, https } from "./node-http.ts";
import { trustSystemAuthorities } from "./system-authorities.ts";

export interface TlsTrust {
  /** PEM of the authorities that are trusted instead of the system's. */
  readonly ca?: string | undefined;
  /**
   * sha256, in hex (colons allowed), of the server's certificate or of its public key (SubjectPublicKeyInfo in DER). When given, and not
   * empty, what the server shows has to have one of them, and that is all that counts: issuer, name and dates are not checked, so a
   * self-signed one is good.
   */
  readonly fingerprints?: readonly string[] | PinnedFingerprints | undefined;
}

/** Pins that can change while connections are made. */
export interface PinnedFingerprints {
  readonly current: readonly string[];
  /** Looks for newer pins when the server shows none of the current ones. Rejects with the reason why there are none. */
  renew(): Promise<void>;
}

/**
 * How long an unused connection is kept: below the 60 s after which load balancers drop it. As the agent's own time-out it also makes Node
 * follow a server that announces a shorter one (Keep-Alive: timeout=5); it never ends a connection in use.
 */
const MAX_IDLE_CONNECTION_MILLISECONDS = 50_000;
const MAX_FREE_SOCKETS = 8;
const SHORT_FINGERPRINT_CHARACTERS = 16;

/** The server was reached, and showed a certificate of which neither the fingerprint nor the key's is pinned. */
export class CertificateNotPinned extends Error {
  override readonly name = "CertificateNotPinned";
  /** What was shown and what is known, for whoever compares them. */
  readonly fingerprints: string;

  constructor(problem: string, fingerprints: string) {
    super(`${problem}. ${fingerprints}`);
    this.fingerprints = fingerprints;
  }
}

/** That, if it is why a call failed. */
export function certificateNotPinned(error: unknown): CertificateNotPinned | undefined {
  for (let one = error; one instanceof Error; one = one.cause) if (one instanceof CertificateNotPinned) return one;
  return undefined;
}

/** Keep-alive connections to one endpoint, without Nagle's delay; with a proxy's URL by way of that, TLS from end to end. */
export function connectionAgent(
  protocol: "http:" | "https:",
  trust: TlsTrust | undefined,
  proxy?: string | undefined,
): HttpAgent {
  const options: AgentOptions & { noDelay: boolean } = {
    keepAlive: true,
    noDelay: true,
    timeout: MAX_IDLE_CONNECTION_MILLISECONDS,
    maxFreeSockets: MAX_FREE_SOCKETS,
    scheduling: "lifo",
    ...proxyOptions(proxy),
  };
  if (protocol === "http:") return new http.Agent(options);
  const pins = pinsOf(trust?.fingerprints);
  if (pins !== undefined) return new PinnedAgent(options, pins);
  // What is named is trusted, also where it is no root: servers send their own certificate and those below the root.
  if (trust?.ca !== undefined) return new https.Agent({ ...options, ca: trust.ca, allowPartialTrustChain: true });
  trustSystemAuthorities();
  return new https.Agent(options);
}

/** The agent for an endpoint's URL. */
export function agentFor(url: string, trust: TlsTrust | undefined, proxy?: string | undefined): HttpAgent {
  return connectionAgent(/^https:/i.test(url) ? "https:" : "http:", trust, proxy);
}

/** For one of Node's own agents: it asks this proxy for everything, so whoever makes it has looked at the exceptions. */
export function proxyOptions(proxy: string | undefined): Pick<AgentOptions, "proxyEnv"> {
  return proxy === undefined ? {} : { proxyEnv: { HTTP_PROXY: proxy, HTTPS_PROXY: proxy } };
}

function pinsOf(fingerprints: TlsTrust["fingerprints"]): PinnedFingerprints | undefined {
  if (fingerprints === undefined || "renew" in fingerprints) return fingerprints;
  return fingerprints.length === 0 ? undefined : { current: fingerprints, renew: async () => {} };
}

/** SHA-256, hex, of a certificate's public key: it stays when a certificate is renewed with the same key. */
export function keyFingerprintOf(certificate: X509Certificate): string {
  return createHash("sha256")
    .update(certificate.publicKey.export({ type: "spki", format: "der" }))
    .digest("hex");
}

export function normaliseFingerprint(fingerprint: string): string {
  return fingerprint.replaceAll(":", "").toLowerCase();
}

/** Enough to tell two servers of one fleet apart by eye. */
function shortened(fingerprint: string): string {
  return `${fingerprint.slice(0, SHORT_FINGERPRINT_CHARACTERS)}…`;
}

/**
 * Hands a connection out only after the server's certificate was compared, so that not one byte of a request (it may carry an
 * enrolment token) reaches the wrong server. Sessions are not resumed: a resumed one shows no certificate.
 */
class PinnedAgent extends https.Agent {
  readonly #pins: PinnedFingerprints;
  readonly #hasProxy: boolean;

  constructor(options: AgentOptions, pins: PinnedFingerprints) {
    super({ ...options, maxCachedSessions: 0 });
    this.#pins = pins;
    this.#hasProxy = options.proxyEnv !== undefined;
  }

  override createConnection(
    options: Parameters<HttpsAgent["createConnection"]>[0],
    callback?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    const { hostname, host, port } = options as { hostname?: string; host?: string; port?: number | string };
    const name = hostname ?? host ?? "localhost";
    const tls = {
      // A server name must not be an address (RFC 6066).
      ...(/^[\d.]+$|:/.test(name) ? {} : { servername: name }),
      rejectUnauthorized: false,
      ALPNProtocols: ["http/1.1"],
    };
    if (this.#hasProxy) {
      // Node asks the proxy for a tunnel and secures it; what this returns is the connection to the proxy.
      super.createConnection({ ...options, ...tls }, (error, socket) => {
        if (error) callback?.(error, undefined as never);
        else this.#admit(socket as TLSSocket, callback);
      });
      return undefined;
    }
    const socket = connect({ host: name, port: Number(port ?? 443), ...tls });
    socket.setNoDelay(true);
    const onError = (error: Error) => callback?.(error, undefined as never);
    socket.once("error", onError);
    socket.once("secureConnect", () => {
      socket.off("error", onError);
      this.#admit(socket, callback);
    });
    return undefined;
  }

  /** Hands a secured connection out, once it is known whose it is. */
  async #admit(socket: TLSSocket, callback: Parameters<HttpsAgent["createConnection"]>[1]): Promise<void> {
    const onError = (error: Error) => callback?.(error, undefined as never);
    socket.once("error", onError);
    try {
      await this.#check(socket.getPeerX509Certificate());
    } catch (error) {
      socket.destroy(error as Error);
      return;
    }
    // Closed while newer pins were looked for: the error went to the callback, or there was none.
    if (socket.destroyed) return onError(new Error("the server closed the connection before a request was sent"));
    socket.off("error", onError);
    callback?.(null, socket);
  }

  /** Rejects when the certificate is not the server's. */
  async #check(certificate: X509Certificate | undefined): Promise<void> {
    if (certificate === undefined) throw new CertificateNotPinned("the server shows no certificate", this.#known());
    const shown = [normaliseFingerprint(certificate.fingerprint256), keyFingerprintOf(certificate)];
    const isPinned = () => this.#pins.current.map(normaliseFingerprint).some((pin) => shown.includes(pin));
    if (isPinned()) return;
    let why = "";
    try {
      await this.#pins.renew();
    } catch (error) {
      why = `. ${(error as Error).message}`;
    }
    if (isPinned()) return;
    throw new CertificateNotPinned(
      `the server shows a certificate that this host does not know. It is another server, or its certificate was renewed${why}`,
      `Fingerprints (sha256): shown ${shown.map(shortened).join(", key ")}; ${this.#known()}`,
    );
  }

  #known(): string {
    return `known ${this.#pins.current.map((pin) => shortened(normaliseFingerprint(pin))).join(", ")}`;
  }
}
