import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { FaultCode } from "@sluice/model/fault-codes.ts";

/** Why a signature was refused; S3 has other wire codes for the same reasons, and maps them from here. */
export type SignatureFaultReason = "missing" | "incomplete" | "skewed" | "expired" | "payload" | "mismatch";

const CODES = {
  missing: "MissingAuthenticationTokenException",
  incomplete: "IncompleteSignatureException",
  skewed: "InvalidSignatureException",
  expired: "RequestExpired",
  payload: "InvalidSignatureException",
  mismatch: "InvalidSignatureException",
} as const satisfies Record<SignatureFaultReason, FaultCode>;

export class SignatureFault extends CallerFault {
  readonly reason: SignatureFaultReason;

  constructor(reason: SignatureFaultReason, message: string) {
    super(CODES[reason], message);
    this.name = "SignatureFault";
    this.reason = reason;
  }
}
