import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { FAULTS } from "@sluice/model/fault-codes.ts";
import { isSigned } from "@sluice/wire/sigv4/authorization.ts";
import { SERVER_KEYS_PATH } from "@sluice/wire/sluice/server-keys.ts";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { boundPieces, PiecewiseMessage } from "./body-pieces.ts";
import { consoleDoor } from "./console/console-door.ts";
import { boundPipelining } from "./pipelined-requests.ts";
import { type Reach, useTargetsHost } from "./reached-name.ts";
import { discardRest } from "./request-body.ts";
import type { UnprovedConnections } from "./unproved-connections.ts";
import { answerUnreadable } from "./unreadable-request.ts";

/** Longer than any client's idle time in use, so that the client and not the server drops an idle connection. */
const KEEP_ALIVE_MILLISECONDS = 75_000;
/** How long the server waits for a caller. Bodies may take longer: bundles are large and links slow. */
export interface Patience {
  /** Until a request's headers are here. */
  readonly headersMilliseconds: number;
  /** How often connections are looked through for those that are past that time. */
  readonly checkMilliseconds: number;
  /** Until a TLS handshake is over. */
  readonly handshakeMilliseconds: number;
}

const HEADERS_MILLISECONDS = 20_000;
const HEADERS_CHECK_MILLISECONDS = 5_000;
const HANDSHAKE_MILLISECONDS = 10_000;

const PATIENCE: Patience = {
  headersMilliseconds: HEADERS_MILLISECONDS,
  checkMilliseconds: HEADERS_CHECK_MILLISECONDS,
  handshakeMilliseconds: HANDSHAKE_MILLISECONDS,
};

/** Where API calls are routed to inside; no caller's path reaches the router, so no odd path can break it. */
const SIGNED_PATH = "/-/signed";
/** The same for the console. */
const CONSOLE_PATH = "/-/console";
/** The same for machines that have no key yet. */
const HOST_PATH = "/-/host";
const OPEN_PATHS = /^\/(healthz|readyz|metrics|-\/server-keys)(\?|$)/;
/** Told from the signed door of the same path by the kind of its credential. */
const HOST_PATHS = /^\/-\/(join\.sh|agent-program\/[^/?]*)(\?|$)/;
const HOST_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD"]);

/** What `/readyz` tells, each in one line. */
export interface Ready {
  /** Why the server cannot do its work; null: it can. */
  readonly reason: string | null;
  /** What is wrong, though the server does its work; null: nothing. */
  readonly warning: string | null;
}

export interface HttpServerOptions {
  /** Of a server with TLS: the signed list of its keys, for agents that do not know its certificate. */
  readonly serverKeys?: string | undefined;
  readonly tls?: { readonly certificatePem: string; readonly privateKeyPem: string } | undefined;
  /** Answers requests of the console's doors, and its page. */
  readonly consoleRoute: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  readonly signedRoute: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** Answers machines that have no key yet. */
  readonly hostRoute: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  readonly ready: () => Promise<Ready>;
  /** Refuses callers who came by a name that is not the server's. */
  readonly reach: Reach;
  /** Prometheus text; asked only for callers who may see it. */
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
  /** Bearer token that lets callers from other machines read the metrics. */
  readonly metricsToken: string;
  readonly unprovedConnections: Pick<UnprovedConnections, "watch">;
  readonly patience?: Patience;
}

/** The one port: API calls, and the few paths that need no signature. */
export function createHttpServer(options: HttpServerOptions): FastifyInstance {
  const {
    tls,
    serverKeys,
    consoleRoute,
    signedRoute,
    hostRoute,
    ready,
    reach,
    metrics,
    metricsToken,
    unprovedConnections,
    patience = PATIENCE,
  } = options;
  // Told by the signature check, with a body; node would answer without one.
  const http = {
    requireHostHeader: false,
    connectionsCheckingInterval: patience.checkMilliseconds,
    IncomingMessage: PiecewiseMessage,
  };
  const app = Fastify({
    logger: false,
    keepAliveTimeout: KEEP_ALIVE_MILLISECONDS,
    requestTimeout: 0,
    forceCloseConnections: true,
    clientErrorHandler: answerUnreadable,
    rewriteUrl: (request) => {
      useTargetsHost(request as unknown as IncomingMessage);
      return innerPath(request as unknown as IncomingMessage);
    },
    ...(tls
      ? {
          https: {
            ...http,
            cert: tls.certificatePem,
            key: tls.privateKeyPem,
            handshakeTimeout: patience.handshakeMilliseconds,
          },
        }
      : { http }),
  }) as unknown as FastifyInstance;
  app.server.headersTimeout = patience.headersMilliseconds;
  unprovedConnections.watch(app.server);
  boundPipelining(app.server);
  boundPieces(app.server);
  // Bodies are read by the routes: a bundle must stream, and a signature covers the bytes as they came.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _payload, done) => done(null));

  const to = (route: HttpServerOptions["signedRoute"]) => async (request: FastifyRequest, reply: FastifyReply) => {
    reply.hijack();
    const raw = request.raw as IncomingMessage & { originalUrl?: string };
    raw.url = raw.originalUrl ?? raw.url ?? "/";
    await route(raw, reply.raw);
  };
  const toSignedRoute = to(signedRoute);
  const method = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"];
  app.route({ method, url: SIGNED_PATH, exposeHeadRoute: false, handler: toSignedRoute });
  app.route({ method, url: CONSOLE_PATH, exposeHeadRoute: false, handler: to(consoleRoute) });
  app.route({ method, url: HOST_PATH, exposeHeadRoute: false, handler: to(hostRoute) });
  // Methods that no service has, and open paths by another method: a service's error all the same, not the router's.
  app.setNotFoundHandler(toSignedRoute);
  app.setErrorHandler<{ readonly statusCode?: number }>((error, request, reply) =>
    (error.statusCode ?? 500) < 500
      ? toSignedRoute(request, reply)
      : reply.code(500).send({ status: "the server cannot check whether it is ready" }),
  );
  // Node would throw an unread body away without end, and without counting its pieces.
  const onRequest = async ({ raw }: FastifyRequest) => discardRest(raw);
  app.get("/healthz", { onRequest }, async () => ({ status: "live" }));
  if (serverKeys !== undefined) {
    app.get(SERVER_KEYS_PATH, { onRequest }, async (_request, reply) =>
      reply.type("application/json").send(serverKeys),
    );
  }
  app.get("/readyz", { onRequest }, async (_request, reply) => {
    const { reason, warning } = await ready();
    const warned = warning === null ? {} : { warning };
    return reason === null
      ? reply.send({ status: "ready", ...warned })
      : reply.code(503).send({ status: "not ready", reason, ...warned });
  });
  app.get("/metrics", { onRequest }, async (request, reply) => {
    // A web page whose name leads here (DNS rebinding) must not read them from the browser of somebody on this machine.
    try {
      reach(request.raw);
    } catch (error) {
      if (!(error instanceof CallerFault)) throw error;
      return reply.code(FAULTS[error.code]).send(`${error.message}\n`);
    }
    if (!mayReadMetrics(request, metricsToken)) return forbidMetrics(reply);
    const { contentType, text } = await metrics();
    return reply.type(contentType).send(text);
  });
  return app;
}

function innerPath(request: IncomingMessage): string {
  if (isOfHost(request)) return HOST_PATH;
  if (!isApiCall(request)) return request.url ?? "/";
  return consoleDoor(request) ? CONSOLE_PATH : SIGNED_PATH;
}

function isOfHost({ method = "GET", url: path = "/", headers }: IncomingMessage): boolean {
  if (!HOST_PATHS.test(path) || !HOST_METHODS.has(method)) return false;
  return /^bearer /i.test(headers.authorization ?? "") || !isSigned({ path, headers });
}

/** Signed, or on no open path: whatever is left is a probe. A bearer token on an open path is not a signature. */
function isApiCall({ url: path = "/", headers }: Pick<IncomingMessage, "url" | "headers">): boolean {
  const hasToken = /^bearer /i.test(headers.authorization ?? "");
  return !OPEN_PATHS.test(path) || (isSigned({ path, headers }) && !hasToken);
}

function mayReadMetrics(request: FastifyRequest, token: string): boolean {
  const isLoopback = /^(127\.|::1$|::ffff:127\.)/.test(request.raw.socket.remoteAddress ?? "");
  return isLoopback || isSameText(request.headers.authorization ?? "", `Bearer ${token}`);
}

/** Compared as hashes, so that neither length nor content can be told from the time it takes. */
function isSameText(one: string, other: string): boolean {
  const hash = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(one), hash(other));
}

function forbidMetrics(reply: FastifyReply): FastifyReply {
  return reply
    .code(403)
    .send(
      'Metrics are for this machine, or for callers with the token. Send the token: curl -H "Authorization: Bearer $(cat DIR/metrics-token)" …\n',
    );
}
