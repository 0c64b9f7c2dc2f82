import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

export interface FakeEngine {
  readonly socket: string;
  /** `GET /v1.41/containers/json`: method and path without parameters, in the order of their coming. */
  readonly asked: string[];
  /** Closes all connections. */
  readonly cut: () => void;
}

/** How a path is answered: with JSON, with a status and a message, or as the test likes. */
export type FakeAnswer =
  | { readonly json: unknown }
  | { readonly status: number; readonly message: string }
  | ((request: IncomingMessage, response: ServerResponse) => void);

export const FAKE_VERSION = { json: { ApiVersion: "1.47", MinAPIVersion: "1.24", Os: "linux", Arch: "amd64" } };

/** For answers that a real engine gives rarely, or that need to be counted. @param answers by method and path without version */
export async function startFakeEngine(answers: Readonly<Record<string, FakeAnswer>>): Promise<FakeEngine> {
  const folder = mkdtempSync(join(tmpdir(), "sluice-fake-engine-"));
  const asked: string[] = [];
  const known: Readonly<Record<string, FakeAnswer>> = { "GET /version": FAKE_VERSION, ...answers };
  const server = createServer((request, response) => {
    const path = (request.url ?? "").split("?")[0] ?? "";
    asked.push(`${request.method} ${path}`);
    const answer = known[`${request.method} ${path.replace(/^\/v\d+\.\d+/, "")}`];
    request.resume();
    if (typeof answer === "function") answer(request, response);
    else if (answer === undefined) refuse(response, 404, `page not found: ${path}`);
    else if ("json" in answer) response.setHeader("content-type", "application/json").end(JSON.stringify(answer.json));
    else refuse(response, answer.status, answer.message);
  });
  const socket = join(folder, "docker.sock");
  server.listen(socket);
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true });
  });
  return { socket, asked, cut: () => server.closeAllConnections() };
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ message }));
}
