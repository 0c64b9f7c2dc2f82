import { request as requestPlain } from "node:http";
import { request as requestTls } from "node:https";

export interface JsonPost {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** PEM of authorities to trust instead of the system's. */
  readonly authorities: string | undefined;
  readonly signal: AbortSignal;
}

export interface PostAnswer {
  readonly status: number;
  /** Where a redirect points: scheme and host alone, since a path may hold a secret. */
  readonly redirectOrigin: string | undefined;
}

/** One POST on a connection of its own. No redirect is followed, the certificate is verified, and what is answered is not read. */
export function postJson({ url, headers, body, authorities, signal }: JsonPost): Promise<PostAnswer> {
  const payload = Buffer.from(body, "utf8");
  const options = {
    method: "POST",
    agent: false,
    signal,
    headers: { ...headers, "content-type": "application/json", "content-length": String(payload.length) },
  };
  return new Promise((resolve, reject) => {
    const request =
      url.protocol === "https:"
        ? requestTls(url, { ...options, rejectUnauthorized: true, ...(authorities ? { ca: authorities } : {}) })
        : requestPlain(url, options);
    request.once("error", reject);
    request.once("response", (response) => {
      const { statusCode = 0 } = response;
      resolve({ status: statusCode, redirectOrigin: originOf(response.headers.location, url) });
      // An answer without an end would hold the connection.
      response.once("error", () => {});
      response.destroy();
    });
    request.end(payload);
  });
}

function originOf(location: string | undefined, base: URL): string | undefined {
  if (location === undefined || !URL.canParse(location, base.href)) return undefined;
  return new URL(location, base).origin;
}
