import { X509Certificate } from "node:crypto";
import { networkInterfaces } from "node:os";
import { canonicalAddress } from "../access/canonical-address.ts";
import { type Authority, formatAuthority, parseAuthority } from "./authority.ts";
import { isUnspecified } from "./listener.ts";

/** A name of `server.names` in sluice.yml. */
export interface ConfiguredName {
  readonly name: string;
  /** Given: the name is good with this port only. */
  readonly port?: number | undefined;
  /** Given: callers reach the server by this scheme, whatever the server itself speaks, as behind a proxy that ends TLS. */
  readonly scheme?: "http" | "https" | undefined;
}

export interface ServerNamesParts {
  /** Where the server listens: names or addresses, without ports. */
  readonly listen: readonly string[];
  /** PEM; its names are ours. */
  readonly certificatePem?: string | undefined;
  readonly configured: readonly ConfiguredName[];
  /** Of this machine; looked up again, since interfaces come and go. */
  readonly interfaceAddresses?: () => readonly string[];
}

/** What is known of a connection, whatever its caller says. */
export interface ArrivedBy {
  readonly localAddress: string | undefined;
  readonly localPort: number | undefined;
  readonly usesTls: boolean;
}

/** By which of its names a caller reached the server. */
export interface ReachedName {
  /** `http(s)://NAME[:PORT]`, which leads the same caller here again. */
  readonly endpoint: string;
  /** The bucket of a host such as `my-bucket.NAME`; the endpoint is then NAME's. */
  readonly bucket: string | undefined;
  /** The whole name, where it could be the server's own as well: the certificate's wildcard covers it. */
  readonly mayBeServer?: string;
}

/**
 * The one list of the names by which this server is known: where it listens, its certificate's names, `server.names` of sluice.yml. What
 * a caller says in its Host header is looked up here, and never copied: it may come from a web page whose name leads here (DNS
 * rebinding), or from somebody who wants a URL signed that leads elsewhere.
 */
export class ServerNames {
  readonly #names = new Set<string>(["localhost"]);
  /** `example.com` for `*.example.com`. */
  readonly #wildcards = new Set<string>();
  readonly #configured: readonly ConfiguredName[];
  readonly #interfaceAddresses: (() => readonly string[]) | undefined;

  constructor({ listen, certificatePem, configured, interfaceAddresses = addressesOfThisMachine }: ServerNamesParts) {
    this.#configured = configured;
    for (const host of listen) {
      if (!isUnspecified(host)) this.#names.add(parseAuthority(host)?.name ?? host);
    }
    const listensEverywhere = listen.some(isUnspecified);
    if (listensEverywhere || this.#names.has("127.0.0.1")) this.#names.add("127.0.0.1");
    if (listensEverywhere) this.#names.add("::1");
    this.#interfaceAddresses = listensEverywhere ? interfaceAddresses : undefined;
    for (const name of certificatePem === undefined ? [] : namesOfCertificate(certificatePem)) {
      if (name.startsWith("*.")) this.#wildcards.add(name.slice(2));
      else this.#names.add(name);
    }
  }

  /** For the log and for people: what is known without a caller. */
  get known(): readonly string[] {
    const configured = this.#configured.map(
      ({ name, port, scheme }) => `${scheme === undefined ? "" : `${scheme}://`}${formatAuthority(name, port)}`,
    );
    // A configured name is mostly in the certificate, too.
    return [...new Set([...configured, ...this.#names, ...[...this.#wildcards].map((base) => `*.${base}`)])];
  }

  /**
   * Null when the name is none of ours. Without a Host header (HTTP/1.0) it is the address that the connection came to.
   * @param mayNameBucket whether `my-bucket.NAME` is good too, as it is for S3
   */
  find(host: string | undefined, arrivedBy: ArrivedBy, mayNameBucket = false): ReachedName | null {
    const { localAddress, localPort } = arrivedBy;
    if (host === undefined || host === "") {
      if (localAddress === undefined) return null;
      const authority = { name: canonicalAddress(localAddress), port: localPort };
      return { endpoint: endpointOf(authority, arrivedBy), bucket: undefined };
    }
    const authority = parseAuthority(host);
    if (authority === null) return null;
    const exact = this.#exact(authority, arrivedBy);
    if (exact !== null) return { endpoint: exact, bucket: undefined };
    const bucket = mayNameBucket ? this.#bucketOf(authority, (rest) => this.#exact(rest, arrivedBy)) : null;
    // `deploy.example.com`, under a certificate for `example.com` and `*.example.com`, is a bucket or the server itself.
    if (bucket !== null) return this.#isWildcards(authority.name) ? { ...bucket, mayBeServer: authority.name } : bucket;
    if (this.#isWildcards(authority.name)) return { endpoint: endpointOf(authority, arrivedBy), bucket: undefined };
    return mayNameBucket ? this.#bucketOf(authority, (rest) => this.#wildcardEndpoint(rest, arrivedBy)) : null;
  }

  /** A bucket's name may have dots: every cut is tried, the longest bucket last. */
  #bucketOf(authority: Authority, endpointAt: (rest: Authority) => string | null): ReachedName | null {
    const { name } = authority;
    for (let dot = name.indexOf("."); dot > 0; dot = name.indexOf(".", dot + 1)) {
      const endpoint = endpointAt({ ...authority, name: name.slice(dot + 1) });
      if (endpoint !== null) return { endpoint, bucket: name.slice(0, dot) };
    }
    return null;
  }

  #isWildcards(name: string): boolean {
    return this.#wildcards.has(name.slice(name.indexOf(".") + 1));
  }

  #wildcardEndpoint(authority: Authority, arrivedBy: ArrivedBy): string | null {
    return this.#isWildcards(authority.name) ? endpointOf(authority, arrivedBy) : null;
  }

  #exact(authority: Authority, arrivedBy: ArrivedBy): string | null {
    const { name, port } = authority;
    for (const configured of this.#configured) {
      if (configured.name !== name) continue;
      const scheme = configured.scheme ?? schemeOf(arrivedBy);
      const isPort = configured.port === undefined || configured.port === (port ?? DEFAULT_PORTS[scheme]);
      if (isPort) return `${scheme}://${formatAuthority(name, port)}`;
    }
    const isOurs =
      this.#names.has(name) ||
      // Where the connection came to is certainly an address of ours.
      (arrivedBy.localAddress !== undefined && canonicalAddress(arrivedBy.localAddress) === name) ||
      this.#interfaceAddresses?.().some((address) => canonicalAddress(address) === name);
    return isOurs ? endpointOf(authority, arrivedBy) : null;
  }
}

const DEFAULT_PORTS = { http: 80, https: 443 } as const;

function schemeOf({ usesTls }: ArrivedBy): "http" | "https" {
  return usesTls ? "https" : "http";
}

function endpointOf({ name, port }: Authority, arrivedBy: ArrivedBy): string {
  return `${schemeOf(arrivedBy)}://${formatAuthority(name, port)}`;
}

function namesOfCertificate(certificatePem: string): readonly string[] {
  // `DNS:example.com, IP Address:10.0.0.1`; what is written otherwise (in quotes) is not a name that a host can have.
  const { subjectAltName = "" } = new X509Certificate(certificatePem);
  return subjectAltName.split(", ").flatMap((entry) => {
    const [, kind, value = ""] = /^(DNS|IP Address):(.+)$/.exec(entry) ?? [];
    if (kind === "IP Address") return [canonicalAddress(value.toLowerCase())];
    if (kind !== "DNS") return [];
    const isWildcard = value.startsWith("*.");
    const name = parseAuthority(isWildcard ? value.slice(2) : value)?.name;
    return name === undefined ? [] : [isWildcard ? `*.${name}` : name];
  });
}

/** How long what the interfaces have is believed. An address that is new is there after this at the latest. */
const INTERFACES_MILLISECONDS = 1000;
let lookedUp: { readonly at: number; readonly addresses: readonly string[] } = {
  at: -INTERFACES_MILLISECONDS,
  addresses: [],
};

function addressesOfThisMachine(): readonly string[] {
  const now = performance.now();
  if (now - lookedUp.at >= INTERFACES_MILLISECONDS) {
    const addresses = Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map(({ address }) => address));
    lookedUp = { at: now, addresses };
  }
  return lookedUp.addresses;
}
