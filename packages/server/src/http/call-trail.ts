import type { IncomingMessage } from "node:http";
import type { Shape } from "@sluice/wire/shapes/shape.ts";
import { decodeEnrolmentToken } from "@sluice/wire/sluice/enrolment-token.ts";
import type { Action } from "../access/action.ts";
import { canonicalAddress } from "../access/canonical-address.ts";
import type { Principal } from "../access/principal.ts";
import type { Audit, AuditedCall } from "../audit/audit-recorder.ts";
import { auditFault } from "../audit/refusals.ts";
import { toldAnswer } from "../audit/told-answer.ts";
import { toldParameters } from "../audit/told-parameters.ts";
import { CallerHungUp } from "./request-body.ts";

export interface TrailOptions {
  readonly requestId: string;
  readonly isConsole?: boolean;
}

const MAX_ARNS = 20;
const SIGN_IN_SOURCE = "signin.amazonaws.com";

/** What is known of one call, step by step, and is told to the audit once when its outcome is. */
export class CallTrail {
  readonly #audit: Audit | undefined;
  readonly #request: IncomingMessage;
  readonly #options: TrailOptions;
  #principal: Principal | undefined;
  #claimedAccessKeyId: string | undefined;
  #action: Action | undefined;
  #operation: string | undefined;
  #input: { readonly shape: Shape; readonly value: unknown } | undefined;
  #resources: readonly string[] | undefined;
  #signIn: Pick<AuditedCall, "eventSource" | "eventType" | "isChange" | "note"> | undefined;
  #tokenId: string | undefined;
  #isTold = false;

  /** @param audit absent: nobody is told */
  constructor(audit: Audit | undefined, request: IncomingMessage, options: TrailOptions) {
    this.#audit = audit;
    this.#request = request;
    this.#options = options;
  }

  /** The call names this key; nothing is proved yet. */
  claims(accessKeyId: string): void {
    this.#claimedAccessKeyId = accessKeyId;
  }

  /** The call shows this enrolment token. */
  showsToken(tokenId: string): void {
    this.#tokenId = tokenId;
  }

  proved(principal: Principal): void {
    this.#principal = principal;
  }

  /** @param operation where the action's name is not it */
  asks(action: Action | undefined, operation?: string): void {
    this.#action = action;
    this.#operation = operation;
  }

  /** The call is a sign-in to the console, or a sign-out. */
  signs(operation: "ConsoleLogin" | "ConsoleLogout", note: Readonly<Record<string, string>> = {}): void {
    this.#operation = operation;
    this.#signIn = { eventSource: SIGN_IN_SOURCE, eventType: "AwsConsoleSignIn", isChange: true, note };
  }

  /** A question without a consequence: whatever comes of it, it is not written. */
  asksNothing(): void {
    this.#isTold = true;
  }

  takes(shape: Shape, value: unknown): void {
    this.#input = { shape, value };
  }

  /** ARNs of what the call is about; without them those that its input has. */
  concerns(resources: readonly string[]): void {
    this.#resources = resources;
  }

  /** It succeeded. What to wait for before it is answered. */
  succeeded(shape?: Shape, output?: unknown): Promise<void> | undefined {
    return this.#tell({ answer: shape && (() => toldAnswer(shape, output)) });
  }

  /** What to wait for before it is answered. */
  failed(error: unknown): Promise<void> | undefined {
    if (error instanceof CallerHungUp) return undefined;
    return this.#tell({ fault: auditFault(error) });
  }

  #tell(outcome: Pick<AuditedCall, "answer" | "fault">): Promise<void> | undefined {
    if (this.#isTold) return undefined;
    this.#isTold = true;
    const { socket, headers } = this.#request;
    const input = this.#input;
    const resources = this.#resources;
    return this.#audit?.record({
      principal: this.#principal,
      claimedAccessKeyId: this.#claimedAccessKeyId,
      tokenId: this.#tokenId ?? (this.#action === "sluice:EnrolHost" ? tokenIdOf(input?.value) : undefined),
      sourceAddress: canonicalAddress(socket.remoteAddress ?? ""),
      userAgent: headers["user-agent"],
      action: this.#action,
      operation: this.#operation,
      parameters: input && (() => toldParameters(input.shape, input.value)),
      resources: () => resources ?? arnsIn(input?.value),
      ...this.#options,
      ...this.#signIn,
      ...outcome,
    });
  }
}

/** Of a token that may be another server's, or made up. */
function tokenIdOf(input: unknown): string | undefined {
  const { token } = (input ?? {}) as { readonly token?: unknown };
  if (typeof token !== "string") return undefined;
  try {
    return decodeEnrolmentToken(token).id;
  } catch {
    return undefined;
  }
}

/** What an input names by ARN, at its top. */
function arnsIn(input: unknown): readonly string[] {
  if (typeof input !== "object" || input === null) return [];
  const values = Object.values(input).flatMap((value: unknown) =>
    Array.isArray(value) ? value.slice(0, MAX_ARNS) : [value],
  );
  return values.filter((value) => typeof value === "string" && value.startsWith("arn:")).slice(0, MAX_ARNS) as string[];
}
