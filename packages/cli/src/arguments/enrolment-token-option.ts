import { createReadStream } from "node:fs";
import type { ReadStream } from "node:tty";
import { whyUnreadable } from "@sluice/model/unreadable-file.ts";
import { MAX_ENROLMENT_TOKEN_CHARACTERS } from "@sluice/wire/sluice/enrolment-token.ts";
import { CommandFailed, EXIT_USAGE } from "../command-failed.ts";
import { typedSecret } from "../terminal/typed-secret.ts";

const STANDARD_INPUT = "-";

export interface TokenOptions {
  readonly token?: string | undefined;
  /** `-` is standard input. */
  readonly tokenFile?: string | undefined;
}

/**
 * The enrolment token. On a command line every user of the host can read it (`ps`) and enrol a host of theirs with it, so there is another way: the first
 * line of a file, a pipe or what is typed.
 */
export async function enrolmentToken({ token, tokenFile }: TokenOptions): Promise<string> {
  if ((token === undefined) === (tokenFile === undefined)) {
    throw new CommandFailed("give either --token-file FILE (- is standard input) or --token TOKEN", {
      exitStatus: EXIT_USAGE,
    });
  }
  if (tokenFile === undefined) return token ?? "";
  if (tokenFile !== STANDARD_INPUT) return firstLine(createReadStream(tokenFile), tokenFile);
  if (!process.stdin.isTTY) return firstLine(process.stdin, "standard input");
  const prompt = "Enrolment token (from sluice token create; it is not shown):";
  return lineOf(await typedSecret(process.stdin as ReadStream, prompt), "standard input");
}

async function firstLine(input: AsyncIterable<Buffer | string>, name: string): Promise<string> {
  let text = "";
  try {
    for await (const chunk of input) {
      text += chunk;
      if (text.includes("\n") || text.length > MAX_ENROLMENT_TOKEN_CHARACTERS) break;
    }
  } catch (error) {
    throw new CommandFailed(`--token-file ${tokenFileTrouble(name, error)}`, { cause: error });
  }
  return lineOf(text, name);
}

function lineOf(text: string, name: string): string {
  const line = text.split("\n", 1)[0]?.trim() ?? "";
  if (line === "")
    throw new CommandFailed(`--token-file: the first line of ${name} is not a token. Create one: sluice token create`);
  return line;
}

function tokenFileTrouble(name: string, error: unknown): string {
  const problem = `${name} ${whyUnreadable(error)}`;
  switch ((error as NodeJS.ErrnoException).code) {
    case "ENOENT":
    case "ENOTDIR":
      return `${problem}. Create it on the server (sluice token create > FILE) and copy it here, or type the token: --token-file -`;
    case "EACCES":
      return `${problem}. See its owner and mode: ls -l ${name}`;
    default:
      return `${problem}. Name the file that contains the token`;
  }
}
