/** What the API, or the way to it, answered instead of a result. */
export class ApiError extends Error {
  /** The API's code (`DeploymentDoesNotExistException`), or `Unreachable` where no answer came. */
  readonly code: string;
  /** Of HTTP; 0 where no answer came. */
  readonly status: number;

  constructor(code: string, message: string, status: number) {
    super(message);
    this.name = "ApiError";
    this.code = code;
    this.status = status;
  }
}

export const UNREACHABLE = "Unreachable";

/** @param path what was asked for, of an answer that is no JSON */
export function errorOf(status: number, text: string, path: string): ApiError {
  const { code, message } = readFault(text);
  return new ApiError(code ?? `HTTP ${status}`, message ?? `${path} answered with HTTP ${status}.`, status);
}

function readFault(text: string): { readonly code?: string; readonly message?: string } {
  try {
    const body: Record<string, unknown> = JSON.parse(text);
    const code = [body.__type, body.code].find((each) => typeof each === "string");
    const message = [body.message, body.Message].find((each) => typeof each === "string");
    return {
      // As the SDKs read it: a namespace may stand before the code.
      ...(typeof code === "string" && { code: code.split("#").at(-1) ?? code }),
      ...(typeof message === "string" && { message }),
    };
  } catch {
    return {};
  }
}
