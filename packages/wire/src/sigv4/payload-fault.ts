/**
 * What is wrong with a body that was sent in chunks. `malformed`: not aws-chunked; `length`: not as long as announced, or cut off;
 * `checksum`: not what its checksum says. S3 has a wire code for each.
 */
export type PayloadFaultReason = "malformed" | "length" | "checksum";

export class PayloadFault extends Error {
  readonly reason: PayloadFaultReason;

  constructor(reason: PayloadFaultReason, message: string) {
    super(message);
    this.name = "PayloadFault";
    this.reason = reason;
  }
}
