import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import type { SluiceServer } from "../installation/sluice-server.fixture.ts";

export interface PageAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: Record<string, unknown>;
}

export interface PageRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What a browser holds of a session. */
export interface HeldSession {
  /** `NAME=VALUE` */
  readonly cookie: string;
  readonly secret: string;
}

/** A page's request, with any header that a browser would not let it set. */
export function ask(server: Pick<SluiceServer, "url">, { method = "GET", path, headers = {}, body }: PageRequest) {
  const { promise, resolve, reject } = Promise.withResolvers<PageAnswer>();
  const { hostname, port } = new URL(server.url());
  const length: Record<string, string> =
    body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
  const sent = httpRequest({ hostname, port, method, path, headers: { ...length, ...headers } }, (response) => {
    let text = "";
    response.setEncoding("utf8");
    response.on("data", (chunk: string) => {
      text += chunk;
    });
    response.on("error", reject);
    response.on("end", () => {
      const { statusCode: status = 0 } = response;
      resolve({ status, headers: response.headers, text, json: jsonOf(text) });
    });
  });
  sent.on("error", reject);
  sent.end(body);
  return promise;
}

function jsonOf(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

export const JSON_BODY = { "content-type": "application/json" };

export function signIn(server: SluiceServer, credentials: object, headers: Readonly<Record<string, string>> = {}) {
  return ask(server, {
    method: "POST",
    path: "/-/session",
    headers: { ...JSON_BODY, ...headers },
    body: JSON.stringify(credentials),
  });
}

export function heldBy(answer: PageAnswer): HeldSession {
  const cookie = answer.headers["set-cookie"]?.[0]?.split(";")[0];
  if (answer.status !== 200 || cookie === undefined) throw new Error(`signing in was answered ${answer.text}`);
  return { cookie, secret: String(answer.json.sessionSecret) };
}

export function headersOf({ cookie, secret }: HeldSession): Record<string, string> {
  return { cookie, "x-sluice-session": secret };
}

export function call(server: SluiceServer, headers: Readonly<Record<string, string>>, target: string, input: object) {
  const type = { "content-type": "application/x-amz-json-1.1", "x-amz-target": target };
  return ask(server, {
    method: "POST",
    path: "/-/api",
    headers: { ...type, ...headers },
    body: JSON.stringify(input),
  });
}

/** An event stream that is read until its server ends it. */
export function listen(server: SluiceServer, path: string, headers: Readonly<Record<string, string>>) {
  const { hostname, port } = new URL(server.url());
  let text = "";
  const ended = new Promise<void>((resolve, reject) => {
    const sent = httpRequest({ hostname, port, path, headers }, (response) => {
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", resolve);
      response.on("error", () => resolve());
    });
    sent.on("error", reject);
    sent.end();
  });
  return { text: () => text, ended };
}
