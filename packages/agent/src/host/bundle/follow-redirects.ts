import type { IncomingMessage } from "node:http";
import type { RequestOptions } from "node:https";
import { proxyOptions } from "@sluice/wire/client/connection-agent.ts";
import { http, https } from "@sluice/wire/client/node-http.ts";
import { trustSystemAuthorities } from "@sluice/wire/client/system-authorities.ts";
import { splitUrl } from "@sluice/wire/sigv4/sign.ts";
import { EventFailure } from "../event-failure.ts";
import type { DownloadOptions, DownloadRequest } from "./download-request.ts";
import { httpFailure } from "./http-failure.ts";
import type { Resumed } from "./partial-download.ts";
import { checkReachable, guardedLookup } from "./reachable-address.ts";

const MAX_REDIRECTS = 5;
const PARTIAL_CONTENT = 206;
export const NOT_MODIFIED = 304;
const REDIRECT_STATUSES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Never sent to another origin than the one that they are meant for. */
const PRIVATE_HEADERS: ReadonlySet<string> = new Set(["authorization", "cookie", "x-amz-security-token"]);
const USER_AGENT = "sluice-agent";

/**
 * Asks for a download, and goes where it is redirected: never from https to less, and to another origin without what is meant for the first alone.
 * @param resumed what is here already, of which the source is to leave out what it has
 * @throws HttpFailure for another answer, EventFailure for a redirect that is refused
 */
export async function follow(
  request: DownloadRequest,
  resumed: Resumed | undefined,
  options: DownloadOptions,
): Promise<IncomingMessage> {
  let { url, tls } = request;
  // Outside of the signature, which need not know of them.
  const range = resumed === undefined ? {} : { range: `bytes=${resumed.from}-`, "if-match": resumed.etag };
  let headers: Readonly<Record<string, string>> = { ...request.headers, ...range };
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const response = await get({ url, headers, tls, label: request.label }, options);
    const status = response.statusCode ?? 0;
    if (status === 200 || (status === PARTIAL_CONTENT && resumed !== undefined)) return response;
    if (status === NOT_MODIFIED && options.heldEtag !== undefined) return response;
    const { location } = response.headers;
    if (!REDIRECT_STATUSES.has(status) || location === undefined) throw await httpFailure(response);
    response.destroy();
    const next = new URL(location, url);
    const current = new URL(url);
    if (next.protocol !== "http:" && next.protocol !== "https:") {
      throw new EventFailure(`${request.label} redirects to ${next.protocol}, which was refused.`);
    }
    if (next.origin !== current.origin) {
      if (current.protocol === "https:" && next.protocol !== "https:") {
        throw new EventFailure(
          `${request.label} redirects from https to ${next.protocol}//${next.host}, which was refused.`,
        );
      }
      headers = Object.fromEntries(
        Object.entries(headers).filter(([name]) => !PRIVATE_HEADERS.has(name.toLowerCase())),
      );
      tls = undefined;
    }
    url = next.href;
  }
  throw new EventFailure(`${request.label} redirects more than ${MAX_REDIRECTS} times.`);
}

async function get(
  { url, headers, tls, label }: DownloadRequest,
  { heldEtag, idleMilliseconds, signal, trustedOrigins, proxyOf }: DownloadOptions,
): Promise<IncomingMessage> {
  const { protocol, hostname, port, origin } = new URL(url);
  const isTls = protocol === "https:";
  const host = hostname.replace(/^\[|\]$/g, "");
  const proxy = proxyOf?.(url);
  const isTrusted = trustedOrigins.has(origin);
  if (proxy && !isTrusted) await checkReachable(host, label);
  if (isTls && tls === undefined) trustSystemAuthorities();
  const options: RequestOptions = {
    hostname: host,
    ...(isTrusted || proxy ? {} : { lookup: guardedLookup(host, label) }),
    ...(proxy
      ? { agent: isTls ? new https.Agent(proxyOptions(proxy.url)) : new http.Agent(proxyOptions(proxy.url)) }
      : {}),
    port: port === "" ? undefined : port,
    path: splitUrl(url).path,
    headers: { "user-agent": USER_AGENT, ...headers, ...(heldEtag === undefined ? {} : { "if-none-match": heldEtag }) },
    timeout: idleMilliseconds,
    signal,
  };
  return new Promise((resolve, reject) => {
    const request = isTls ? https.request({ ...options, ...tls }, resolve) : http.request(options, resolve);
    request.once("error", reject);
    request.once("timeout", () => {
      request.destroy(new Error(`no data arrived for ${idleMilliseconds / 1000} s`));
    });
    request.end();
  });
}
