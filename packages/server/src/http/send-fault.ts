import type { IncomingMessage, ServerResponse } from "node:http";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { diskIsFull, fullDisk } from "@sluice/model/disk-full.ts";
import type { RestFault } from "@sluice/wire/rest-json/rest-fault.ts";
import { DatabaseAwayError, StatementTooSlowError } from "../store/database-away.ts";
import { serialiseFaultFor } from "./caller-protocol.ts";
import { CallerHungUp, discardRest, isDiscardedWhole } from "./request-body.ts";
import { sendWhole, sendWholeAndClose, type WireAnswer } from "./wire-answer.ts";

/** Clients try a 503 again by themselves, after a while. */
const DATABASE_AWAY = {
  code: "ServiceUnavailableException" as const,
  message: "The server cannot reach its database. Nothing was changed. Try again.",
};

const DATABASE_SLOW = {
  code: "ServiceUnavailableException" as const,
  message: "The server's database is too slow. Nothing was changed. Try again.",
};

const FULL_DISKS = {
  local: {
    code: "ServiceUnavailableException" as const,
    message: diskIsFull("The server's disk", {
      outcome: "Nothing was changed.",
      directory: "(on the server's machine)",
    }),
  },
  postgres: {
    code: "ServiceUnavailableException" as const,
    message: diskIsFull("The disk of the server's PostgreSQL", {
      outcome: "Nothing was changed.",
      directory: "(on PostgreSQL's machine)",
    }),
  },
};

/** SDKs that heed Retry-After wait so long. */
const THROTTLED_RETRY_SECONDS = 1;

/** A fault in the form that its caller reads. */
export type SerialiseFault = (request: IncomingMessage, fault: RestFault, requestId: string) => WireAnswer;

/** Answers with what went wrong. Of what is no fault of the caller's the server's log has the cause, and the caller the request id. */
export function sendFault(
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
  requestId: string,
  onInternalError: (error: unknown, requestId: string) => void,
  serialise: SerialiseFault = inCallersForm,
): void {
  if (error instanceof CallerHungUp) {
    response.destroy();
    return;
  }
  const isCallersFault = error instanceof CallerFault;
  if (!isCallersFault) onInternalError(error, requestId);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const fault = isCallersFault ? error : ownTrouble(error, requestId);
  const { status, headers: given, body } = serialise(request, fault, requestId);
  const headers: Record<string, string> = { ...given };
  if (fault.code === "ThrottlingException") headers["retry-after"] = String(THROTTLED_RETRY_SECONDS);
  // What is left of a body that was too slow is not waited for.
  if (fault.code === "RequestTimeoutException" || (fault.code === "ServiceUnavailableException" && isCallersFault)) {
    headers.connection = "close";
  } else {
    discardRest(request);
    if (!isDiscardedWhole(request)) {
      sendWholeAndClose(request, response, { status, headers, body });
      return;
    }
  }
  sendWhole(response, { status, headers, body });
}

function inCallersForm(
  { method = "GET", url: path = "/", headers }: IncomingMessage,
  fault: RestFault,
  requestId: string,
): WireAnswer {
  return serialiseFaultFor({ method, path, headers }, fault, requestId);
}

/** What a caller is told of what is no fault of theirs. */
function ownTrouble(error: unknown, requestId: string) {
  if (error instanceof DatabaseAwayError) return DATABASE_AWAY;
  if (error instanceof StatementTooSlowError) return DATABASE_SLOW;
  const disk = fullDisk(error);
  if (disk) return FULL_DISKS[disk];
  const message = `Internal error of the server. Its log has the cause under the request id ${requestId}.`;
  return { code: "InternalFailure" as const, message };
}
