/**
 * An application that tells a Prometheus how it does. `/` answers with its version, and with 500 to every request whose number
 * `fails-every` divides; `/metrics` has its counters; `/asked` says how many requests it was sent.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const read = (name) => readFileSync(new URL(name, import.meta.url), "utf8").trim();
const version = read("version");
const failsEvery = Number(read("fails-every"));
let requests = 0;
let errors = 0;

function counter(name, help, value) {
  return `# HELP ${name} ${help}\n# TYPE ${name} counter\n${name}{version="${version}"} ${value}\n`;
}

createServer((request, response) => {
  switch (request.url) {
    case "/metrics":
      response.writeHead(200, { "content-type": "text/plain; version=0.0.4" });
      response.end(
        counter("shop_requests_total", "Requests.", requests) + counter("shop_errors_total", "Answered 500.", errors),
      );
      return;
    case "/asked":
      response.end(`${requests}\n`);
      return;
    default: {
      requests += 1;
      const isError = failsEvery > 0 && requests % failsEvery === 0;
      if (isError) errors += 1;
      response.writeHead(isError ? 500 : 200).end(version);
    }
  }
}).listen(Number(process.env.HOST_PORT), "127.0.0.1");
