import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { Action } from "../access/action.ts";
import type { Principal } from "../access/principal.ts";
import type { CallTrail } from "./call-trail.ts";

/**
 * One row of the table of services: the names that a signature's scope has for it, and what its protocol does with a call. `signed-route.ts`
 * knows none of them by name.
 */
export type WireService = WholeService | StreamingService;

/** A service whose calls are small: the body is read and the signature proved before anything is done. */
export interface WholeService {
  readonly protocol: "json" | "query" | "rest-json";
  /** The first is the one that a refusal names. */
  readonly signingNames: readonly string[];
  /** Whether a call is meant for it, though another service's name is in its signature: its caller is told so when the key is known. */
  isMeantBy?(headers: IncomingHttpHeaders): boolean;
  /** Of the call that the headers claim, for the budgets of keys; empty where only the body says it. */
  claimedOperation(headers: IncomingHttpHeaders): string;
  /** What the call asks for, as far as that is seen before its body is read. */
  claimedAction?(request: IncomingMessage): Action | undefined;
  /** How large a body such a call of this caller may have. What the headers claim is looked at again when the signature is proved. */
  maxBodyBytes(request: IncomingMessage, principal: Principal): number;
  /** The largest body of a call that nobody signed; undefined: calls like this one have to be signed. */
  maxUnsignedBodyBytes?(headers: IncomingHttpHeaders): number | undefined;
  /** Throws what is not answered; a CallerFault is answered in the caller's own form. */
  answer(call: WholeCall): Promise<void>;
}

/** A service whose calls carry bodies of any size: it proves, reads and answers them by itself, and never throws. */
export interface StreamingService {
  readonly protocol: "s3";
  readonly signingNames: readonly string[];
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** A call that is proved, or of an operation that needs no signature. */
export interface WholeCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer;
  readonly principal: Principal;
  /** In the signature's scope; undefined without a signature. */
  readonly signingName: string | undefined;
  readonly requestId: string;
  /** By which this caller reaches the server. */
  readonly publicEndpoint: string;
  readonly trail: CallTrail;
}

/** What is read of a call that needs no body. */
export const MAX_SMALL_BODY_BYTES = 64 * 1024;
