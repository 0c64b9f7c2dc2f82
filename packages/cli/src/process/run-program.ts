import { execFile } from "node:child_process";

const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

/** A program ended with another status than 0, or could not be started. */
export class ProgramFailed extends Error {
  readonly argv: readonly string[];

  constructor(argv: readonly string[], said: string, options: ErrorOptions) {
    super(`${argv.join(" ")}: ${said}`, options);
    this.name = "ProgramFailed";
    this.argv = argv;
  }
}

/** Runs a program by its argument vector, with no shell between, and gives its standard output. */
export function runProgram(argv: readonly string[]): Promise<string> {
  const [program, ...args] = argv;
  if (program === undefined) throw new Error("runProgram needs the name of a program");
  return new Promise((resolve, reject) => {
    execFile(program, args, { maxBuffer: MAX_OUTPUT_BYTES }, (cause, stdout, stderr) => {
      if (cause === null) resolve(stdout);
      else reject(new ProgramFailed(argv, stderr.trim() || cause.message, { cause }));
    });
  });
}
