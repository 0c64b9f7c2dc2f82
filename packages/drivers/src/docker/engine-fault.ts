/** The engine could not be asked, or did not answer in full. Asking again may help. */
export class EngineUnreachable extends Error {
  constructor(socket: string, problem: string, options?: ErrorOptions) {
    super(`the Docker Engine at ${socket} ${problem}`, options);
    this.name = "EngineUnreachable";
  }
}

/** The engine answered, and said no. The message is its own. */
export class EngineRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "EngineRefusal";
    this.status = status;
  }
}

const NOT_RUNNING = "; is it running? systemctl start docker";
const CURES: ReadonlyMap<string, string> = new Map([
  ["ENOENT", NOT_RUNNING],
  ["ECONNREFUSED", NOT_RUNNING],
  ["ENOTSOCK", "; set socket in the binding"],
  ["EACCES", "; the server's user may not use it: usermod -aG docker USER, which makes that user as powerful as root"],
]);

export function cannotConnect(socket: string, error: NodeJS.ErrnoException): EngineUnreachable {
  const cure = CURES.get(error.code ?? "") ?? "";
  return new EngineUnreachable(socket, `cannot be used: ${error.message}${cure}`, { cause: error });
}

export function isStatus(error: unknown, status: number): error is EngineRefusal {
  return error instanceof EngineRefusal && error.status === status;
}

/** The engine's words, and what a person can do about what they mean. */
export function explained(message: string): string {
  const text = message.trim().replaceAll(/\s*\n\s*/g, " ");
  if (/no space left on device|disk quota exceeded/i.test(text)) {
    return `${text}. The engine's disk is full: docker system df says with what`;
  }
  if (/non-overlapping|pool overlaps/i.test(text)) return `${text}. Set subnet in the binding to one that is free`;
  return text;
}
