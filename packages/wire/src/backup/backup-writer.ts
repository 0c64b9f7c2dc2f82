import { createHash } from "node:crypto";
import { CHECKSUMS_PATH, type EntryChecksum } from "./backup-format.ts";
import { encodeTarHeader, TAR_BLOCK_BYTES, tarPadding } from "./backup-tar-header.ts";

/** Writes a backup entry by entry; a slow reader slows it down. */
export class BackupWriter {
  readonly #write: (bytes: Uint8Array) => Promise<void>;
  readonly #now: Date;
  readonly #checksums: EntryChecksum[] = [];

  constructor(write: (bytes: Uint8Array) => Promise<void>, now: Date) {
    this.#write = write;
    this.#now = now;
  }

  async add(path: string, bytes: Buffer): Promise<void> {
    await this.addStream(path, bytes.length, [bytes]);
  }

  /** @param size how many bytes the body has; it throws when there are fewer or more */
  async addStream(path: string, size: number, body: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<void> {
    await this.#write(encodeTarHeader(path, size, this.#now));
    const hash = createHash("sha256");
    let written = 0;
    for await (const chunk of body) {
      written += chunk.length;
      if (written > size) break;
      hash.update(chunk);
      await this.#write(chunk);
    }
    if (written !== size) throw new Error(`${path} has another size than its ${size} bytes`);
    if (tarPadding(size) > 0) await this.#write(Buffer.alloc(tarPadding(size)));
    this.#checksums.push({ path, size, sha256: hash.digest("hex") });
  }

  async end(): Promise<void> {
    await this.add(CHECKSUMS_PATH, Buffer.from(JSON.stringify(this.#checksums)));
    await this.#write(Buffer.alloc(2 * TAR_BLOCK_BYTES));
  }
}
