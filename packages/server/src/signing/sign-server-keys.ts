import { X509Certificate } from "node:crypto";
import { SPECIFICATION_FORMAT } from "@sluice/model/deployment-specification.ts";
import { keyFingerprintOf } from "@sluice/wire/client/connection-agent.ts";
import { SERVER_KEYS_PURPOSE, type ServerKeys } from "@sluice/wire/sluice/server-keys.ts";
import { type SpecificationSigningKey, signSpecification } from "./specification-envelope.ts";

/** The body of the answer at `SERVER_KEYS_PATH`: an envelope over {@link ServerKeys}, in the form of a specification's. */
export async function signServerKeys(
  { certificatePem }: { readonly certificatePem: string },
  key: SpecificationSigningKey,
  now: Date,
): Promise<string> {
  const said: ServerKeys = {
    purpose: SERVER_KEYS_PURPOSE,
    keys: [keyFingerprintOf(new X509Certificate(certificatePem))],
    signedAt: now.toISOString(),
  };
  return JSON.stringify({ Format: SPECIFICATION_FORMAT, Payload: await signSpecification(JSON.stringify(said), key) });
}
