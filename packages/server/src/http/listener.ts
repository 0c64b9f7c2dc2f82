import { isIP } from "node:net";

/** Where the server listens. */
export interface ListenAddress {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

/** Addresses that never leave the machine; everywhere else TLS is mandatory. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

/** Addresses that stand for all of the machine's own. */
export function isUnspecified(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}

/** A URL that reaches the listener; an unspecified address is reached by loopback. */
export function urlOf(host: string, port: number, usesTls: boolean): string {
  return listensOn(isUnspecified(host) ? "127.0.0.1" : host, port, usesTls);
}

/** For people: where the server listens, as it was asked to. */
export function listensOn(host: string, port: number, usesTls: boolean): string {
  return `${usesTls ? "https" : "http"}://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}
