import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { isSigned } from "@sluice/wire/sigv4/authorization.ts";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { answerUnreadable } from "./unreadable-request.ts";

/** Longer than any client's idle time in use, so that the client and not the server drops an idle connection. */
const KEEP_ALIVE_MILLISECONDS = 75_000;
/** A request's headers have to be here within this time. Bodies may take long: bundles are large and links slow. */
const HEADERS_MILLISECONDS = 20_000;

/** Where API calls are routed to inside; no caller's path reaches the router, so no odd path can break it. */
const SIGNED_PATH = "/-/signed";
const OPEN_PATHS = /^\/(healthz|readyz|metrics)(\?|$)/;

export interface HttpServerOptions {
  readonly tls?: { readonly certificatePem: string; readonly privateKeyPem: string } | undefined;
  readonly signedRoute: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  readonly isReady: () => Promise<boolean>;
  /** Prometheus text; asked only for callers who may see it. */
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
  /** Bearer token that lets callers from other machines read the metrics. */
  readonly metricsToken: string;
}

/** The one port: API calls, and the few paths that need no signature. */
export function createHttpServer(options: HttpServerOptions): FastifyInstance {
  const { tls, signedRoute, isReady, metrics, metricsToken } = options;
  const app = Fastify({
    logger: false,
    keepAliveTimeout: KEEP_ALIVE_MILLISECONDS,
    requestTimeout: 0,
    forceCloseConnections: true,
    clientErrorHandler: answerUnreadable,
    rewriteUrl: (request) => (isApiCall(request) ? SIGNED_PATH : (request.url ?? "/")),
    // Told by the signature check, with a body; node would answer without one.
    ...(tls
      ? { https: { requireHostHeader: false, cert: tls.certificatePem, key: tls.privateKeyPem } }
      : { http: { requireHostHeader: false } }),
  }) as unknown as FastifyInstance;
  app.server.headersTimeout = HEADERS_MILLISECONDS;
  // Bodies are read by the routes: a bundle must stream, and a signature covers the bytes as they came.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _payload, done) => done(null));

  const toSignedRoute = async (request: FastifyRequest, reply: FastifyReply) => {
    reply.hijack();
    const raw = request.raw as IncomingMessage & { originalUrl?: string };
    raw.url = raw.originalUrl ?? raw.url ?? "/";
    await signedRoute(raw, reply.raw);
  };
  app.route({
    method: ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"],
    url: SIGNED_PATH,
    exposeHeadRoute: false,
    handler: toSignedRoute,
  });
  // Methods that no service has, and open paths by another method: a service's error all the same, not the router's.
  app.setNotFoundHandler(toSignedRoute);
  app.setErrorHandler<{ readonly statusCode?: number }>((error, request, reply) =>
    (error.statusCode ?? 500) < 500
      ? toSignedRoute(request, reply)
      : reply.code(500).send({ status: "the server cannot tell" }),
  );
  app.get("/healthz", async () => ({ status: "live" }));
  app.get("/readyz", async (_request, reply) => {
    const ready = await isReady();
    return reply.code(ready ? 200 : 503).send({ status: ready ? "ready" : "not ready" });
  });
  app.get("/metrics", async (request, reply) => {
    if (!mayReadMetrics(request, metricsToken)) return forbidMetrics(reply);
    const { contentType, text } = await metrics();
    return reply.type(contentType).send(text);
  });
  return app;
}

/** Signed, or addressed to an operation: whatever is left is a browser or a probe. */
function isApiCall(request: Pick<IncomingMessage, "url" | "headers">): boolean {
  const path = request.url ?? "/";
  return isSigned({ path, headers: request.headers }) || !OPEN_PATHS.test(path);
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
  return reply.code(403).send("Metrics are for this machine, or for the bearer token in DIR/metrics-token.\n");
}
