import type { IncomingMessage } from "node:http";
import { CallerFault } from "@sluice/model/caller-fault.ts";

const SHOWN_CHARACTERS = 100;

/**
 * Refuses what a page from elsewhere sends in its reader's name. Browsers say where a request comes from, and pages cannot change what
 * they say. Programs that are no browsers say nothing, and carry nobody's cookie that they do not have.
 *
 * @param endpoint by which this caller reached the server
 * @throws CallerFault CrossSiteRequestException
 */
export function requireSameOrigin({ headers }: IncomingMessage, endpoint: string): void {
  const { origin } = headers;
  if (origin !== undefined && origin !== new URL(endpoint).origin) {
    throw new CallerFault(
      "CrossSiteRequestException",
      `The request comes from a page of ${printable(origin)}, and this server was reached as ${endpoint}. Behind a proxy that ends TLS, name the server with its scheme: server.names: [https://NAME] in sluice.yml.`,
    );
  }
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin") {
    throw new CallerFault(
      "CrossSiteRequestException",
      `The request comes from a page that is not the console (Sec-Fetch-Site: ${printable(String(site))}). Open the console itself: ${endpoint}/`,
    );
  }
}

function printable(text: string): string {
  return text.slice(0, SHOWN_CHARACTERS).replaceAll(/[^\x20-\x7e]/g, "?");
}
