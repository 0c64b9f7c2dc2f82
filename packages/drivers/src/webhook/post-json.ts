import { type IncomingMessage, request as requestPlain } from "node:http";
import { request as requestTls } from "node:https";
import { trustSystemAuthorities } from "@sluice/wire/client/system-authorities.ts";

export interface JsonPost {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** PEM of authorities to trust instead of the system's. */
  readonly authorities: string | undefined;
  readonly signal: AbortSignal;
  /** How many bytes of the answer's body are read where its status is not 2xx; absent: none. */
  readonly excerptBytes?: number | undefined;
}

export interface PostAnswer {
  readonly status: number;
  /** Where a redirect points: scheme and host alone, since a path may hold a secret. */
  readonly redirectOrigin: string | undefined;
  /** The beginning of the body of an answer that is not 2xx, as far as it was asked for; it may be cut in a character. */
  readonly excerpt: string;
}

/**
 * One POST on a connection of its own. No redirect is followed, the certificate is verified, and of what is answered no more is read than was
 * asked for.
 */
export function postJson({ url, headers, body, authorities, signal, excerptBytes = 0 }: JsonPost): Promise<PostAnswer> {
  const payload = Buffer.from(body, "utf8");
  const options = {
    method: "POST",
    agent: false,
    signal,
    headers: { ...headers, "content-type": "application/json", "content-length": String(payload.length) },
  };
  if (!authorities) trustSystemAuthorities();
  return new Promise((resolve, reject) => {
    const request =
      url.protocol === "https:"
        ? requestTls(url, { ...options, rejectUnauthorized: true, ...(authorities ? { ca: authorities } : {}) })
        : requestPlain(url, options);
    request.once("error", reject);
    request.once("response", (response) => {
      const { statusCode = 0 } = response;
      const redirectOrigin = originOf(response.headers.location, url);
      const isWell = statusCode >= 200 && statusCode < 300;
      // An answer that breaks off has said what it has.
      response.on("error", () => {});
      void beginningOf(response, isWell ? 0 : excerptBytes).then((excerpt) => {
        resolve({ status: statusCode, redirectOrigin, excerpt });
        // An answer without an end would hold the connection.
        response.destroy();
      });
    });
    request.end(payload);
  });
}

/** As far as it comes before the connection ends. */
async function beginningOf(response: IncomingMessage, bytes: number): Promise<string> {
  if (bytes === 0) return "";
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of response.iterator({ destroyOnReturn: false })) {
      pieces.push(piece as Buffer);
      length += (piece as Buffer).length;
      if (length >= bytes) break;
    }
  } catch {
    // It was cut off: what came is what there is.
  }
  return Buffer.concat(pieces).subarray(0, bytes).toString("utf8");
}

function originOf(location: string | undefined, base: URL): string | undefined {
  if (location === undefined || !URL.canParse(location, base.href)) return undefined;
  return new URL(location, base).origin;
}
