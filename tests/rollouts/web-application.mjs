/**
 * The application that the rollouts deploy. `/` answers with its version, in two halves with `?milliseconds=` between them, so that
 * there is always something in flight to lose; `/health` answers with the status that the revision has in `check-status`.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const PORT = 8080;
const read = (name) => readFileSync(new URL(name, import.meta.url), "utf8").trim();
const half = `${read("version")}\n`;
const checkStatus = Number(read("check-status"));

createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://host");
  if (pathname === "/health") {
    response.writeHead(checkStatus).end();
    return;
  }
  response.writeHead(200, { "content-length": 2 * Buffer.byteLength(half) });
  response.write(half);
  setTimeout(() => response.end(half), Number(searchParams.get("milliseconds")));
}).listen(PORT);
