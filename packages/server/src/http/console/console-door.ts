import type { IncomingMessage } from "node:http";
import { isSigned } from "@sluice/wire/sigv4/authorization.ts";

/**
 * Which of the console's doors a request came to. `page`: the page itself, at `/` and at every path under `/-/` that is nothing else, or one of its
 * files. Undefined: it is none of the console's.
 */
export type ConsoleDoor = "page" | "session" | "api" | "events";

/** What the page sends with each call, beside the cookie. */
export const SESSION_HEADER = "x-sluice-session";

const ROOT = /^\/(\?|$)/;
const UNDER_DASH = /^\/-\//;
const ACTION_IN_QUERY = /[?&]Action=/;
/** Streams that are asked for by a signature. */
const SIGNED_STREAMS = /^\/-\/(events|backup)([?]|$)/;
const PAGE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD"]);

/** Told by path and headers alone. What carries a signature is never the console's, and neither is what an SDK sent without one. */
export function consoleDoor({ method = "GET", url = "/", headers }: IncomingMessage): ConsoleDoor | undefined {
  if (isSigned({ path: url, headers })) return undefined;
  const path = url.split("?", 1)[0]!;
  if (path === "/-/session") return "session";
  if (path === "/-/api") return "api";
  if (path === "/-/events" && headers[SESSION_HEADER] !== undefined) return "events";
  if (!PAGE_METHODS.has(method) || SIGNED_STREAMS.test(url) || headers["x-amz-target"] !== undefined) return undefined;
  if (UNDER_DASH.test(url)) return "page";
  const isOfSdk = headers["amz-sdk-invocation-id"] !== undefined || ACTION_IN_QUERY.test(url);
  return ROOT.test(url) && !isOfSdk ? "page" : undefined;
}
