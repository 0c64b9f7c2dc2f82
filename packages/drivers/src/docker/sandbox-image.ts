import { createHash } from "node:crypto";
import type { EngineApi } from "./engine-api.ts";
import { sandboxProgram } from "./sandbox-program.ts";

/** What a sandbox runs. */
export const SANDBOX_PROGRAM = "/wait";
const TAR_BLOCK_BYTES = 512;
const REPOSITORY = "sluice/sandbox";

/** The name says what is in it, so that an engine that has it needs no other. Undefined: none can be made for this architecture. */
export function sandboxImageOf(architecture: string): { readonly image: string; readonly tar: Buffer } | undefined {
  const program = sandboxProgram(architecture);
  if (!program) return undefined;
  const hash = createHash("sha256").update(program).digest("hex").slice(0, 12);
  return { image: `${REPOSITORY}:${hash}`, tar: tarOf(SANDBOX_PROGRAM.slice(1), program) };
}

export async function importSandboxImage(
  api: EngineApi,
  image: string,
  tar: Buffer,
  signal: AbortSignal,
): Promise<void> {
  const [repo = "", tag = ""] = image.split(":");
  await api.read({ method: "POST", path: "/images/create", query: { fromSrc: "-", repo, tag }, body: tar }, signal);
}

/** One executable file of root's, in the form of POSIX.1-1988 (ustar). */
function tarOf(name: string, content: Buffer): Buffer {
  const header = Buffer.alloc(TAR_BLOCK_BYTES);
  header.write(name, 0);
  header.write("0000555\0", 100); // mode
  header.write("0000000\0", 108); // owner
  header.write("0000000\0", 116); // group
  header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
  header.write("00000000000\0", 136); // time: none, for one result everywhere
  header.write("        ", 148); // the sum, which counts itself as blanks
  header.write("0", 156); // an ordinary file
  header.write("ustar\x0000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  const padding = Buffer.alloc((TAR_BLOCK_BYTES - (content.length % TAR_BLOCK_BYTES)) % TAR_BLOCK_BYTES);
  return Buffer.concat([header, content, padding, Buffer.alloc(2 * TAR_BLOCK_BYTES)]);
}
