import { createHash, timingSafeEqual } from "node:crypto";
import { closeSync, constants, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { formatBytes } from "@sluice/model/byte-size.ts";
import { freeBytes } from "@sluice/wire/files/free-bytes.ts";
import type { AgentProgramOffer } from "@sluice/wire/sluice/agent-upgrade-api.ts";
import { flushDirectory, UNFINISHED_SUFFIX } from "../host/durable-file.ts";
import { PROGRAM_FILES } from "../supervision/programs.ts";
import { OfferRefused } from "./offer-refused.ts";

/** That must be left on the disk beside the program. */
export const MIN_SPARE_BYTES = 64 * 1024 * 1024;
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const EXECUTABLE_MODE = 0o755;

/** The program's bytes, as they run. */
export type ProgramSource = (offer: AgentProgramOffer, signal: AbortSignal) => Promise<AsyncIterable<Buffer>>;

/** Writes the offered program beside the one that runs, or nothing at all. Answers its path. @throws OfferRefused */
export async function fetchProgram(
  offer: AgentProgramOffer,
  {
    programs,
    source,
    signal,
  }: { readonly programs: string; readonly source: ProgramSource; readonly signal: AbortSignal },
): Promise<string> {
  const file = join(programs, PROGRAM_FILES.next);
  const unfinished = `${file}${UNFINISHED_SUFFIX}`;
  rmSync(unfinished, { force: true });
  rmSync(file, { force: true });
  requireRoom(programs, offer);
  try {
    const descriptor = openSync(unfinished, NEW_FILE, EXECUTABLE_MODE);
    try {
      await writeChecked(descriptor, offer, await source(offer, signal));
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(unfinished, file);
    flushDirectory(programs);
    return file;
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

function requireRoom(programs: string, { version, bytes }: AgentProgramOffer): void {
  const free = freeBytes(programs);
  if (free >= bytes + MIN_SPARE_BYTES) return;
  throw new OfferRefused(
    `the program has ${formatBytes(bytes)}, and ${programs} has ${formatBytes(free)} free: make room for ${formatBytes(bytes + MIN_SPARE_BYTES)} (du -x -d1 -h /)`,
    version,
  );
}

async function writeChecked(
  descriptor: number,
  { version, sha256, bytes }: AgentProgramOffer,
  pieces: AsyncIterable<Buffer>,
): Promise<void> {
  const hash = createHash("sha256");
  let size = 0;
  for await (const piece of pieces) {
    size += piece.length;
    // Compressed, a few bytes can become as many as a disk has.
    if (size > bytes) throw new OfferRefused(`the download has more than the ${bytes} bytes of the offer`, version);
    hash.update(piece);
    for (let at = 0; at < piece.length; ) at += writeSync(descriptor, piece, at);
  }
  if (size < bytes) throw new OfferRefused(`the download ended after ${size} of ${bytes} bytes`, version);
  if (timingSafeEqual(hash.digest(), Buffer.from(sha256, "hex"))) return;
  throw new OfferRefused(
    "the downloaded program has another hash than the one that the server signed: if its file was replaced there since the upgrade began, start the upgrade again",
    version,
  );
}
