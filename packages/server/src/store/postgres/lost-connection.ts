/** PostgreSQL's error codes (its manual's appendix A) that say nothing of the statement: the connection is lost or cannot be had. */
const LOST = /^(08...|57P0[1-5]|53300|25P03)$/;
const TERMINATED = "57P01";
/** The statement was given up: after its time, after the time for a lock that the database's own settings give, or by an administrator. */
const GIVEN_UP = /^(57014|55P03)$/;
/** Two transactions stood in each other's way, and this one was undone (40001, 40P01). */
const UNDONE = /^40(001|P01)$/;
const SOCKET = /^(ECONN\w+|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENOTFOUND|EAI_AGAIN|ENOENT)$/;
/** What the driver says when there is no code. */
const DRIVERS_WORDS =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|Query read timeout|server conn crashed)/;

/** Whether the connection is of no use any more. */
export function isLostConnection(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { readonly code?: unknown };
  if (typeof code === "string") return LOST.test(code) || SOCKET.test(code);
  return error instanceof AggregateError ? error.errors.some(isLostConnection) : DRIVERS_WORDS.test(error.message);
}

/** Whether an administrator ended the connection, or PostgreSQL as it stops. */
export function isTerminated(error: unknown): boolean {
  return codeOf(error) === TERMINATED;
}

/** Whether PostgreSQL gave the statement up, and said so. */
export function isGivenUp(error: unknown): boolean {
  return GIVEN_UP.test(codeOf(error));
}

/** Whether what failed may go well when it is done again, by no change of the caller's. */
export function isPassing(error: unknown): boolean {
  return isLostConnection(error) || isGivenUp(error) || UNDONE.test(codeOf(error));
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "";
}
