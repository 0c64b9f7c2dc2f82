import type { IncomingMessage } from "node:http";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { ReachedName, ServerNames } from "./server-names.ts";

const SHOWN_CHARACTERS = 100;

/** Finds out by which of the server's names a request came; refuses it when it came by none. */
export type Reach = (request: IncomingMessage, mayNameBucket?: boolean) => ReachedName;

export function reachBy(names: ServerNames): Reach {
  return (request, mayNameBucket = false) => {
    const { socket, headers } = request;
    if (countHostHeaders(request) > 1) throw misdirected("two names at once (it has two Host headers)", false);
    const arrivedBy = {
      localAddress: socket.localAddress,
      localPort: socket.localPort,
      usesTls: "encrypted" in socket,
    };
    const reached = names.find(headers.host, arrivedBy, mayNameBucket);
    if (reached === null) {
      throw misdirected(`the name '${printable(headers.host ?? "")}'`, arrivedBy.usesTls);
    }
    return reached;
  };
}

const ABSOLUTE_TARGET = /^https?:\/\/([^/?#]*)([^#]*)/i;

/**
 * A request line may hold a whole URL (RFC 9112, 3.2.2), as clients write it to proxies; its host is then the one that counts. Brings it
 * into the usual form, so that nobody has to look at two places.
 */
export function useTargetsHost(request: IncomingMessage & { originalUrl?: string }): void {
  const [, host, path] = ABSOLUTE_TARGET.exec(request.url ?? "") ?? [];
  if (host === undefined || path === undefined) return;
  request.headers.host = host;
  request.url = path.startsWith("/") ? path : `/${path}`;
  request.originalUrl = request.url;
}

function countHostHeaders({ rawHeaders }: IncomingMessage): number {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === "host") count += 1;
  }
  return count;
}

function misdirected(what: string, usesTls: boolean): CallerFault {
  // A self-signed certificate has the names that were configured when it was made.
  const certificate = usesTls
    ? " AWS tools also check the name in the server's certificate: the server's log lists the names that the certificate lacks, and the cure."
    : "";
  return new CallerFault(
    "MisdirectedRequestException",
    `This server does not answer to ${what}. To reach it by another name, add that name to server.names in sluice.yml and restart the server with --config sluice.yml.${certificate}`,
  );
}

function printable(host: string): string {
  return host.slice(0, SHOWN_CHARACTERS).replaceAll(/[^\x20-\x7e]/g, "?");
}
