import { randomBytes } from "node:crypto";
import type { SluiceClient } from "@sluice/wire/client/clients.ts";
import { ServiceError, TransportError } from "@sluice/wire/client/errors.ts";
import { formerKeyProof } from "@sluice/wire/sluice/former-key-proof.ts";
import type { EnrolHostInput, EnrolHostOutput } from "@sluice/wire/sluice/sluice-api.ts";
import { BackOff, pause } from "../process/back-off.ts";
import type { Enrolment } from "./enrolment-files.ts";

const ENROL_TIMEOUT_MILLISECONDS = 30_000;
/** With the waits between them, about two seconds: who enrols a host looks on. */
const MAX_TRIES = 6;
const CLIENT_TOKEN_BYTES = 32;
/** The connection ended before an answer came. Whether the call arrived is not known. */
const BROKEN_OFF_CODES: ReadonlySet<string> = new Set(["ECONNRESET", "EPIPE"]);
const HTTP_SERVER_ERRORS = 500;

/**
 * Enrols, and asks again where there was no answer or none but a server's trouble. What tells the tries of one enrolment from another host's is its
 * client token: a try that had arrived after all is answered again, with the same key.
 * @param formerKey of the host that this machine was under the same name: it proves that, and keeps its id
 */
export async function callToEnrol(
  client: Pick<SluiceClient, "call">,
  input: Omit<EnrolHostInput, "clientToken" | "formerAccessKeyId" | "formerKeyProof">,
  formerKey?: Enrolment["credentials"] | undefined,
): Promise<EnrolHostOutput> {
  const clientToken = randomBytes(CLIENT_TOKEN_BYTES).toString("hex");
  const former =
    formerKey === undefined
      ? {}
      : {
          formerAccessKeyId: formerKey.accessKeyId,
          formerKeyProof: formerKeyProof(formerKey.secretAccessKey, { ...input, clientToken }),
        };
  const backOff = new BackOff();
  for (let tries = 1; ; tries++) {
    try {
      return await client.call(
        "EnrolHost",
        { ...input, ...former, clientToken },
        { timeoutMs: ENROL_TIMEOUT_MILLISECONDS },
      );
    } catch (error) {
      if (tries >= MAX_TRIES || !isWorthAnotherTry(error)) throw error;
      await pause(backOff.next());
    }
  }
}

function isWorthAnotherTry(error: unknown): boolean {
  if (error instanceof ServiceError) return error.statusCode >= HTTP_SERVER_ERRORS;
  return isBrokenOff(error);
}

/** Whether the connection ended before an answer came. */
export function isBrokenOff(error: unknown): boolean {
  const cause = error instanceof TransportError ? (error.cause as NodeJS.ErrnoException | undefined) : undefined;
  return BROKEN_OFF_CODES.has(cause?.code ?? "");
}
