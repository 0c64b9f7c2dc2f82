// What examples/web becomes when this file is laid over it: a service that starts, and then fails every request.
import { createServer } from "node:http";

const port = Number(process.env.PORT ?? 8080);

const server = createServer((request, response) => {
  console.error(`${request.method} ${request.url}: the database schema is newer than this release`);
  response.writeHead(500, { "content-type": "text/plain" }).end("the database schema is newer than this release\n");
});
server.listen(port, () => console.log(`listening on port ${port}`));
process.on("SIGTERM", () => server.close(() => process.exit(0)));
