// A small HTTP service. `/` is the page, `/release` says which deployment put it here, `/healthz` is for checks.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { hostname } from "node:os";

const port = Number(process.env.PORT ?? 8080);
const page = readFileSync(new URL("./public/index.html", import.meta.url));
const release = JSON.parse(readFileSync(new URL("./release.json", import.meta.url), "utf8"));

const server = createServer((request, response) => {
  console.log(`${new Date().toISOString()} ${request.method} ${request.url}`);
  if (request.url === "/") {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page);
  } else if (request.url === "/release") {
    response
      .writeHead(200, { "content-type": "application/json" })
      .end(`${JSON.stringify({ host: hostname(), ...release })}\n`);
  } else if (request.url === "/healthz") {
    response.writeHead(200, { "content-type": "text/plain" }).end("ok\n");
  } else {
    response.writeHead(404, { "content-type": "text/plain" }).end("not found\n");
  }
});
server.listen(port, () => console.log(`listening on port ${port}`));
process.on("SIGTERM", () => server.close(() => process.exit(0)));
