import { closeSync, fstatSync } from "node:fs";
import { startHelper } from "../../process/helper-process.ts";
import { DESCRIPTORS_DIRECTORY } from "../descriptor-path.ts";
import { EventFailure } from "../event-failure.ts";
import { wholeAccessList } from "./access-list.ts";

/** Files that one `setfacl` gets, each as a descriptor. */
const FILES_AT_A_TIME = 128;
const FIRST_DESCRIPTOR = 3;
const REASON_CHARACTERS = 500;

interface Waiting {
  readonly file: string;
  readonly descriptor: number;
}

/**
 * Sets access lists by `setfacl`, which gets every file as a descriptor that it inherits, and so cannot be led to another one. Files that get the same list
 * share a call: a process for each of two thousand would take longer than copying them.
 */
export class AccessListWriter {
  readonly #waiting = new Map<string, Waiting[]>();
  #count = 0;

  /** Takes over the descriptor. What the list leaves to the mode is read now. @throws EventFailure as `flush` does */
  async set(file: string, acls: readonly string[], descriptor: number): Promise<void> {
    const list = wholeAccessList(acls, fstatSync(descriptor).mode);
    const others = this.#waiting.get(list);
    if (others) others.push({ file, descriptor });
    else this.#waiting.set(list, [{ file, descriptor }]);
    this.#count += 1;
    if (this.#count >= FILES_AT_A_TIME) await this.flush();
  }

  /** @throws EventFailure in the reference agent's words, with what `setfacl` says */
  async flush(): Promise<void> {
    try {
      for (const [list, files] of this.#waiting) await setLists(list, files);
    } finally {
      this.close();
    }
  }

  close(): void {
    for (const files of this.#waiting.values()) for (const { descriptor } of files) closeSync(descriptor);
    this.#waiting.clear();
    this.#count = 0;
  }
}

async function setLists(list: string, files: readonly Waiting[]): Promise<void> {
  const paths = files.map((_, index) => `${DESCRIPTORS_DIRECTORY ?? "/dev/fd"}/${FIRST_DESCRIPTOR + index}`);
  const { code, complaint } = await runSetfacl(
    ["--set", list, "--", ...paths],
    files.map(({ descriptor }) => descriptor),
  );
  if (code === 0) return;
  const named = /\/fd\/(\d+): (.*)/.exec(complaint);
  const { file } = files[named ? Number(named[1]) - FIRST_DESCRIPTOR : 0] ?? files[0]!;
  const reason = (named?.[2] ?? complaint).trim().slice(0, REASON_CHARACTERS);
  throw new EventFailure(
    `The deployment failed because of a problem with the acls permission settings in the application specification file for this object: ${file}. ` +
      `Failed command: setfacl --set ${list} ${file}. Exit code: ${code ?? "none"}`,
    {
      hint: `setfacl says: ${reason}. If the file system has no access lists, mount it with them (findmnt -T ${file}) or remove acls from the permissions section, and then try again.`,
    },
  );
}

function runSetfacl(
  argv: readonly string[],
  descriptors: readonly number[],
): Promise<{ readonly code: number | null; readonly complaint: string }> {
  return new Promise((resolve) => {
    const child = startHelper("setfacl", argv, {
      stdio: ["ignore", "ignore", "pipe", ...descriptors],
      env: { ...process.env, LC_ALL: "C" },
    });
    let complaint = "";
    child.stderr?.on("data", (piece: Buffer) => {
      if (complaint.length < REASON_CHARACTERS) complaint += piece.toString("utf8");
    });
    child.once("error", (error) => resolve({ code: null, complaint: error.message }));
    child.once("close", (code) => resolve({ code, complaint }));
  });
}
