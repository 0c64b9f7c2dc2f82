import { createReadStream } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { type AgentProgram, type FindAgentProgram, isMissing } from "../agent-programs/find-agent-program.ts";
import type { ProgramDownloads } from "./program-downloads.ts";
import { CallerHungUp } from "./request-body.ts";

export const AGENT_PROGRAM_PATH = /^\/-\/agent-program\/([^/?]{1,64})(?:\?|$)/;

/** How long a reader may take nothing. */
const PATIENCE_MILLISECONDS = 60_000;
const PIECE_BYTES = 256 * 1024;

export interface AgentProgramSource {
  readonly find: FindAgentProgram;
  readonly downloads: ProgramDownloads;
}

/** What a request asks for: `/-/agent-program/linux-x64[?version=0.2.0]`. @throws CallerFault */
export async function askedProgram({ url = "" }: IncomingMessage, { find }: AgentProgramSource): Promise<AgentProgram> {
  const platform = AGENT_PROGRAM_PATH.exec(url)?.[1] ?? "";
  const version = new URL(url, "http://server").searchParams.get("version") ?? undefined;
  const found = await find(platform, version);
  if (!isMissing(found)) return found;
  const what = version === undefined ? "" : ` of version ${JSON.stringify(version)}`;
  throw new CallerFault(
    "AgentProgramDoesNotExistException",
    `This server has no agent program${what} for ${JSON.stringify(platform)}. ${found.cure}`,
  );
}

/**
 * The program, compressed where that is at hand and asked for. Its hash and its size as it runs stand in the headers, which is all that HEAD gets.
 * @throws CallerFault ThrottlingException
 */
export async function sendProgram(
  { method, headers }: IncomingMessage,
  response: ServerResponse,
  program: AgentProgram,
  { downloads, caller }: Pick<AgentProgramSource, "downloads"> & { readonly caller: string },
): Promise<void> {
  const head = {
    "content-type": "application/octet-stream",
    "cache-control": "no-store",
    "x-sluice-version": program.version,
    "x-sluice-sha256": program.sha256,
    "x-sluice-bytes": String(program.bytes),
    vary: "accept-encoding",
  };
  if (method === "HEAD") {
    response.writeHead(200, head).end();
    return;
  }
  const isOver = downloads.begin(caller, () => response.destroy());
  if (!isOver) {
    throw new CallerFault("ThrottlingException", "Too many hosts download the agent at this moment. Try again.");
  }
  const isGzip = program.gzipFile !== undefined && /\bgzip\b/.test(String(headers["accept-encoding"] ?? ""));
  const file = createReadStream(isGzip ? program.gzipFile : program.file, { highWaterMark: PIECE_BYTES });
  try {
    response.setTimeout(PATIENCE_MILLISECONDS, () => response.destroy());
    response.writeHead(200, {
      ...head,
      ...(isGzip ? { "content-encoding": "gzip" } : { "content-length": String(program.bytes) }),
    });
    await pipeline(file, response);
  } catch (error) {
    // Whoever hung up, or a file that was replaced meanwhile: the hash tells the reader.
    response.destroy();
    if (!response.headersSent) throw error instanceof CallerFault ? error : new CallerHungUp();
  } finally {
    isOver();
    response.setTimeout(0);
  }
}
