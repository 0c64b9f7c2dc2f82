import { execFileSync } from "node:child_process";

/** Runs a program to its end and gives its output, which what it says of its troubles is not a part of. @throws Error with that */
export function run(program: string, args: readonly string[], directory?: string): string {
  const stdio = ["ignore", "pipe", "pipe"] as const;
  return execFileSync(program, args, { cwd: directory, encoding: "utf8", stdio: [...stdio], maxBuffer: 2 ** 26 });
}
