import { createReadStream } from "node:fs";
import type { ReadStream } from "node:tty";
import { whyUnreadable } from "@sluice/model/unreadable-file.ts";
import { CommandFailed } from "../command-failed.ts";
import { typedSecret } from "../terminal/typed-secret.ts";

const STANDARD_INPUT = "-";

/** The first line of a file, of a pipe, or of what is typed: on a command line every user of the machine could read it (`ps`). */
export async function secretFromFile(
  path: string,
  {
    option,
    prompt,
    maxCharacters,
  }: { readonly option: string; readonly prompt: string; readonly maxCharacters: number },
): Promise<string> {
  const name = path === STANDARD_INPUT ? "standard input" : path;
  const line =
    path === STANDARD_INPUT && process.stdin.isTTY
      ? await typedSecret(process.stdin as ReadStream, prompt)
      : await firstLine(path === STANDARD_INPUT ? process.stdin : createReadStream(path), name, {
          option,
          maxCharacters,
        });
  const secret = line.split("\n", 1)[0]?.trim() ?? "";
  if (secret === "") throw new CommandFailed(`${option}: the first line of ${name} is empty, and should be the token`);
  return secret;
}

async function firstLine(
  input: AsyncIterable<Buffer | string>,
  name: string,
  { option, maxCharacters }: { readonly option: string; readonly maxCharacters: number },
): Promise<string> {
  let text = "";
  try {
    for await (const chunk of input) {
      text += chunk;
      if (text.includes("\n") || text.length > maxCharacters) break;
    }
  } catch (error) {
    throw new CommandFailed(`${option}: ${name} ${whyUnreadable(error)}. Name the file that contains the token`, {
      cause: error,
    });
  }
  return text;
}
