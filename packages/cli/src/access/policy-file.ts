import { readFile } from "node:fs/promises";
import { text as readStream } from "node:stream/consumers";
import { parsePolicy } from "@sluice/model/policy/parse-policy.ts";
import { PolicyFault } from "@sluice/model/policy/policy-fault.ts";
import type { PolicyPlace } from "@sluice/model/policy/policy-limits.ts";
import { whyUnreadable } from "@sluice/model/unreadable-file.ts";
import { CommandFailed, EXIT_USAGE } from "../command-failed.ts";

const STANDARD_INPUT = "-";

/** A policy document in a file (`-`: standard input), checked as the server will. @throws CommandFailed that says where it is wrong */
export async function readPolicyFile(file: string, place: PolicyPlace): Promise<string> {
  const text = await readText(file);
  try {
    parsePolicy(text, file, place);
    return text;
  } catch (error) {
    if (!(error instanceof PolicyFault)) throw error;
    const { line, column } = error.place;
    throw new CommandFailed(`${file}:${line}:${column}: ${error.message}`, { exitStatus: EXIT_USAGE });
  }
}

async function readText(file: string): Promise<string> {
  if (file === STANDARD_INPUT) return readStream(process.stdin);
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new CommandFailed(`the policy ${file} ${whyUnreadable(error)}`, { exitStatus: EXIT_USAGE });
  }
}
