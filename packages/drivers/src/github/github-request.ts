import type { IncomingMessage } from "node:http";
import { reasonOf } from "@sluice/model/reason-of.ts";
import { agentFor } from "@sluice/wire/client/connection-agent.ts";
import { type ForwardProxy, forwardProxyOf } from "@sluice/wire/client/forward-proxy.ts";
import { exchange } from "@sluice/wire/client/http-exchange.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface GitHubRequest {
  readonly method: "GET" | "HEAD";
  readonly url: string;
  /** Sent to the URL's own origin alone, and no more once another one has redirected. */
  readonly token?: string | undefined;
  /** 0: a redirect is the answer. */
  readonly maxRedirects: number;
  /** What has `https_proxy`, `http_proxy` and `no_proxy`. */
  readonly environment: Environment;
  readonly signal: AbortSignal;
}

export interface GitHubAnswer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: AsyncIterable<Uint8Array>;
  /** Ends the connection. Whoever gets an answer calls it in any case. */
  close(): void;
}

/** There was no answer. The message has neither the token nor a URL's path, which may hold another one. */
export class GitHubUnreachable extends Error {}

/** From the request to the head of an answer. */
const HEAD_TIMEOUT_MILLISECONDS = 30_000;
const REDIRECT_STATUSES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Asks, through the proxy of the environment, and follows redirects. Rejects with GitHubUnreachable, or when `signal` aborts. */
export async function requestOfGitHub(request: GitHubRequest): Promise<GitHubAnswer> {
  let url = new URL(request.url);
  let { token } = request;
  for (let redirects = 0; ; redirects += 1) {
    const answer = await ask(url, request, token);
    const { location } = answer.headers;
    if (!REDIRECT_STATUSES.has(answer.status) || location === undefined || request.maxRedirects === 0) return answer;
    answer.close();
    if (redirects === request.maxRedirects) {
      throw new GitHubUnreachable(`${url.host} redirected more than ${request.maxRedirects} times`);
    }
    const next = redirected(location, url);
    // For good: what another origin chooses is not asked with it.
    if (next.origin !== url.origin) token = undefined;
    url = next;
  }
}

async function ask(
  url: URL,
  { method, environment, signal }: GitHubRequest,
  token: string | undefined,
): Promise<GitHubAnswer> {
  const { proxy, passedOver } = proxyTo(url.href, environment);
  const agent = agentFor(url.href, undefined, proxy?.url);
  const headers = { "user-agent": "sluice", ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
  try {
    const timeoutMs = HEAD_TIMEOUT_MILLISECONDS;
    const answer = await exchange({ method, url: url.href, headers, agent, signal, timeoutMs });
    const close = () => {
      answer.destroy();
      agent.destroy();
    };
    return { status: answer.statusCode ?? 0, headers: answer.headers, body: answer, close };
  } catch (error) {
    agent.destroy();
    signal.throwIfAborted();
    const way = proxy === undefined ? "" : ` through the proxy ${proxy.name}`;
    const why = passedOver === undefined ? "" : `. It was asked directly, because ${passedOver.replace(/\.$/, "")}`;
    throw new GitHubUnreachable(`${url.host} could not be reached${way}: ${causeOf(error)}${why}`);
  }
}

/** What is no HTTP proxy was never meant for this. */
function proxyTo(
  url: string,
  environment: Environment,
): { readonly proxy?: ForwardProxy | undefined; readonly passedOver?: string } {
  try {
    return { proxy: forwardProxyOf(url, { environment }) };
  } catch (error) {
    return { passedOver: reasonOf(error) };
  }
}

function redirected(location: string, from: URL): URL {
  const url = URL.canParse(location, from.href) ? new URL(location, from.href) : undefined;
  const isWeb = url?.protocol === "https:" || (url?.protocol === "http:" && from.protocol === "http:");
  if (url === undefined || !isWeb || url.username !== "" || url.password !== "") {
    const where = url === undefined ? "an address that is none" : `${url.protocol}//${url.host}`;
    throw new GitHubUnreachable(`${from.host} redirected to ${where}, which is not followed`);
  }
  url.hash = "";
  return url;
}

/** What happened below, without the request. */
function causeOf(error: unknown): string {
  return reasonOf(error instanceof Error && error.cause ? error.cause : error);
}
