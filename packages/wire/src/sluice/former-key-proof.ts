import { createHmac, timingSafeEqual } from "node:crypto";

/** What a proof is about. */
interface ProvedEnrolment {
  /** Of the enrolment, drawn at random: a proof is good for no other. */
  readonly clientToken: string;
  readonly hostName: string;
  /** Another server, to which a host moves, cannot show the proof to the first one: that one has no such token. */
  readonly token: string;
}

/** Proves that an enrolling machine has the key of the host that it was, without showing it. Hex. */
export function formerKeyProof(secretAccessKey: string, { clientToken, token, hostName }: ProvedEnrolment): string {
  const proved = `sluice-enrolment\n${clientToken}\n${token}\n${hostName}`;
  return createHmac("sha256", secretAccessKey).update(proved).digest("hex");
}

export function isFormerKeyProof(proof: string, secretAccessKey: string, enrolment: ProvedEnrolment): boolean {
  const given = Buffer.from(proof);
  const right = Buffer.from(formerKeyProof(secretAccessKey, enrolment));
  return given.length === right.length && timingSafeEqual(given, right);
}
