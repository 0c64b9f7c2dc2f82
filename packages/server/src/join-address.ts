import { networkInterfaces } from "node:os";
import type { JoinAddress } from "@sluice/model/join-command.ts";
import { isLoopback, isUnspecified, type ListenAddress, listensOn } from "./http/listener.ts";
import type { ConfiguredName } from "./http/server-names.ts";
import { isPubliclyTrusted } from "./public-authority.ts";
import { fingerprintsOf } from "./server-certificate.ts";

export interface JoinAddressParts {
  /** PEM; undefined: no listener speaks TLS. */
  readonly certificatePem: string | undefined;
  /** `server.names` of sluice.yml. */
  readonly configured: readonly ConfiguredName[];
  /** Where the server listens, once it does, with its real ports. */
  readonly listeners: () => readonly ListenAddress[];
  readonly ownAddress?: () => string | undefined;
}

/** By which address and pin machines that join reach this server. */
export class JoinAddresses {
  readonly #parts: JoinAddressParts;
  readonly #pin: string | undefined;

  constructor(parts: JoinAddressParts) {
    this.#parts = parts;
    this.#pin = parts.certificatePem === undefined ? undefined : pinOf(parts.certificatePem);
  }

  /** As somebody reached it. @param usesTls whether this server itself ended TLS, and no proxy before it */
  reachedBy(endpoint: string, usesTls: boolean): JoinAddress {
    return { server: endpoint, pin: usesTls ? this.#pin : undefined };
  }

  /** For other machines than the caller's: what the caller reached, unless that is loopback. */
  forHosts(endpoint: string): JoinAddress {
    const { hostname } = new URL(endpoint);
    if (!isLoopback(hostname.replaceAll(/[[\]]/g, ""))) return this.reachedBy(endpoint, endpoint.startsWith("https:"));
    const named = this.#parts.configured.find(({ name }) => !isLoopback(name));
    if (named?.scheme !== undefined) {
      // Behind a proxy that ends TLS, on this machine or another: the certificate is the proxy's.
      return {
        server: `${named.scheme}://${named.name}${named.port === undefined ? "" : `:${named.port}`}`,
        pin: undefined,
      };
    }
    const listener = this.#parts.listeners().find(({ host }) => !isLoopback(host));
    if (!listener) return this.reachedBy(endpoint, endpoint.startsWith("https:"));
    const { ownAddress = addressOfThisMachine } = this.#parts;
    const host = named?.name ?? (isUnspecified(listener.host) ? (ownAddress() ?? listener.host) : listener.host);
    return this.reachedBy(listensOn(host, named?.port ?? listener.port, true), true);
  }
}

function pinOf(certificatePem: string): string | undefined {
  if (isPubliclyTrusted(certificatePem)) return undefined;
  const [, keyFingerprint = ""] = fingerprintsOf({ certificatePem });
  return `sha256//${Buffer.from(keyFingerprint, "hex").toString("base64")}`;
}

function addressOfThisMachine(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ internal, family }) => !internal && family === "IPv4")?.address;
}
