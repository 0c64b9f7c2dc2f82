import { fastify } from "fastify";

/**
 * The process to compare with: a Fastify that reads the request's JSON and answers with fixed JSON of the size that Sluice
 * answers. No signature, no shapes, no store, no log.
 */
const server = fastify({ logger: false });
server.removeAllContentTypeParsers();
server.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, JSON.parse(String(body))));

process.on("message", (answer: object) => {
  server.post("/", () => answer);
  void server.listen({ host: "127.0.0.1", port: 0 }).then((address) => process.send?.(Number(new URL(address).port)));
});
process.on("disconnect", () => process.exit(0));
