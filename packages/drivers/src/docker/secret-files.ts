import { constants, type Stats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

export type Secret =
  | { readonly outcome: "read"; readonly value: string }
  /** A sentence without a full stop, and without the value. */
  | { readonly outcome: "refused"; readonly reason: string };

/** Linux takes 128 KiB for one variable. */
export const MAX_SECRET_BYTES = 65_536;
const OTHERS_MAY_READ_OR_WRITE = 0o006;
const GROUP_MAY_WRITE = 0o020;

/** A secret as its file has it now, without the line feed at the end that editors leave. */
export async function readSecret(name: string, files: Readonly<Record<string, string>>): Promise<Secret> {
  const refused = (reason: string): Secret => ({ outcome: "refused", reason });
  const path = Object.hasOwn(files, name) ? files[name] : undefined;
  if (path === undefined) return refused(`the binding of docker has no secret ${name}: add it to its secrets`);
  let file: FileHandle | undefined;
  try {
    // A pipe would be waited for without an end.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const trouble = accessTrouble(path, await file.stat());
    if (trouble !== undefined) return refused(`the secret ${name} is not used: ${trouble}`);
    const value = (await file.readFile("utf8")).replace(/\r?\n$/, "");
    if (!value.includes("\0")) return { outcome: "read", value };
    return refused(`the secret ${name} is not used: ${path} has a zero byte, which no variable can have`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return refused(`the secret ${name} cannot be read from ${path}: ${code}`);
  } finally {
    await file?.close();
  }
}

function accessTrouble(path: string, { uid, mode, size }: Stats): string | undefined {
  if ((mode & constants.S_IFMT) !== constants.S_IFREG) return `${path} is not a file`;
  if (uid !== 0 && uid !== process.geteuid?.()) return `${path} belongs to another user: chown root ${path}`;
  if ((mode & OTHERS_MAY_READ_OR_WRITE) !== 0) return `every user may read or write ${path}: chmod 600 ${path}`;
  if ((mode & GROUP_MAY_WRITE) !== 0) return `a group may write ${path}: chmod 600 ${path}`;
  return size > MAX_SECRET_BYTES ? `${path} has more than ${MAX_SECRET_BYTES} bytes` : undefined;
}

/** Text of others, in which no secret is to be read. */
export function withoutSecrets(text: string, values: Iterable<string>): string {
  let hidden = text;
  for (const value of values) if (value !== "") hidden = hidden.replaceAll(value, "…");
  return hidden;
}
