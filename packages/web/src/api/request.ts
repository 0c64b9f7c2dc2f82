import { ApiError, UNREACHABLE } from "./api-error.ts";
import { SESSION_HEADER, sessionSecret } from "./session-secret.ts";

/**
 * A request to this server that carries the session.
 * @throws ApiError `Unreachable` where no answer comes, and the abort of `init.signal` as it is
 */
export async function request(
  path: string,
  init: RequestInit & { headers?: Record<string, string> } = {},
): Promise<Response> {
  const secret = sessionSecret();
  const headers = { ...init.headers, ...(secret !== undefined && { [SESSION_HEADER]: secret }) };
  try {
    return await fetch(path, { ...init, headers, credentials: "same-origin", cache: "no-store", redirect: "error" });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiError(UNREACHABLE, "The server does not answer. Check that it runs: sluice status", 0);
  }
}
