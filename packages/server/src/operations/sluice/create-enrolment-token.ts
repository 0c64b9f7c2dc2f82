import { CallerFault } from "@sluice/model/caller-fault.ts";
import { MAX_TOKEN_LIFE_SECONDS } from "@sluice/model/limits.ts";
import { encodeEnrolmentToken } from "@sluice/wire/sluice/enrolment-token.ts";
import type { CreateEnrolmentTokenInput, CreateEnrolmentTokenOutput } from "@sluice/wire/sluice/sluice-api.ts";
import { TOKEN_TAGS } from "../../store/columns/host-columns.ts";
import type { Operation } from "../operation.ts";
import { requireHostTags } from "./host-request.ts";
import type { SluiceContext } from "./sluice-context.ts";
import { hashTokenSecret } from "./token-secret.ts";

const TOKEN_USES_DEFAULT = 1;
export const MAX_TOKEN_USES = 10_000;
const TOKEN_LIFE_DEFAULT_SECONDS = 3_600;

const ID_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
const SECRET_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const ID_CHARACTERS = 12;
/** 43 characters of 62 hold 256 bits. */
const SECRET_CHARACTERS = 43;

/** The secret leaves the server here and only here; what is kept is its hash. */
export const createEnrolmentToken: Operation<
  CreateEnrolmentTokenInput,
  CreateEnrolmentTokenOutput,
  SluiceContext
> = async (input, context) => {
  const tags = requireHostTags(input.tags);
  const uses = requireWhole("uses", input.uses ?? TOKEN_USES_DEFAULT, MAX_TOKEN_USES);
  const lifeSeconds = requireWhole(
    "expiresInSeconds",
    input.expiresInSeconds ?? TOKEN_LIFE_DEFAULT_SECONDS,
    MAX_TOKEN_LIFE_SECONDS,
  );
  const tokenId = context.randomText(ID_ALPHABET, ID_CHARACTERS);
  const secret = context.randomText(SECRET_ALPHABET, SECRET_CHARACTERS);
  const now = context.now();
  const expiresAt = now + lifeSeconds * 1000;
  await context.store.write(({ db }) =>
    db
      .insertInto("enrolment_tokens")
      .values({
        token_id: tokenId,
        secret_sha256: hashTokenSecret(secret),
        tags_json: TOKEN_TAGS.write(tags),
        uses_left: uses,
        expires_at: expiresAt,
        created_at: now,
      })
      .execute(),
  );
  const token = encodeEnrolmentToken({ id: tokenId, secret, fingerprints: context.serverFingerprints });
  const { server: joinServer, pin: joinPin } = context.joinAddress(context.publicEndpoint);
  return { token, expiresAt: new Date(expiresAt), joinServer, joinPin };
};

function requireWhole(name: string, value: number, max: number): number {
  if (Number.isSafeInteger(value) && value >= 1 && value <= max) return value;
  throw new CallerFault("InvalidTokenRequestException", `${name} is ${value}: give a whole number from 1 to ${max}.`);
}
