import { onOutputError } from "../output.ts";

/** What a shell reports of a program that SIGPIPE ended. */
const EXIT_OUTPUT_CLOSED = 141;

/** What happens when nobody reads the output any more: a service goes on, every other program ends, as `head` expects. */
export function outliveItsReaders(isService: boolean): void {
  onOutputError((error, isTerminal) => {
    // What a terminal that was closed answers; of a file it is a broken disk.
    const isClosed = error.code === "EPIPE" || (error.code === "EIO" && isTerminal);
    if (!isClosed) throw error;
    if (!isService) process.exit(EXIT_OUTPUT_CLOSED);
  });
}
