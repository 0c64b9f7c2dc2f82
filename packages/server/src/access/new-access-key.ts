import { createHash } from "node:crypto";
import { LETTERS_AND_DIGITS } from "./random-text.ts";

const UPPER_AND_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const ACCESS_KEY_ID_RANDOM_CHARACTERS = 16;
const SECRET_ACCESS_KEY_CHARACTERS = 40;

/** What a caller signs with. */
export interface KeyPair {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** In the form of AWS's long-lived keys, so that every SDK takes it. */
export function newAccessKey(randomText: (alphabet: string, length: number) => string): KeyPair {
  return {
    accessKeyId: `AKIA${randomText(UPPER_AND_DIGITS, ACCESS_KEY_ID_RANDOM_CHARACTERS)}`,
    secretAccessKey: randomText(LETTERS_AND_DIGITS, SECRET_ACCESS_KEY_CHARACTERS),
  };
}

const SESSION_TOKEN_CHARACTERS = 344;

export interface TemporaryKeyPair extends KeyPair {
  /** Comes with each call, and is of no use without the secret. */
  readonly sessionToken: string;
}

/** In the form of STS's temporary keys. The token is random, and tells nothing. */
export function newTemporaryKey(randomText: (alphabet: string, length: number) => string): TemporaryKeyPair {
  return {
    accessKeyId: `ASIA${randomText(UPPER_AND_DIGITS, ACCESS_KEY_ID_RANDOM_CHARACTERS)}`,
    secretAccessKey: randomText(LETTERS_AND_DIGITS, SECRET_ACCESS_KEY_CHARACTERS),
    sessionToken: randomText(LETTERS_AND_DIGITS, SESSION_TOKEN_CHARACTERS),
  };
}

/** The id of a user, a role or a policy, as IAM has them. */
export function newIamId(
  prefix: "AIDA" | "AROA" | "ANPA",
  randomText: (alphabet: string, length: number) => string,
): string {
  return `${prefix}${randomText(UPPER_AND_DIGITS, ACCESS_KEY_ID_RANDOM_CHARACTERS + 1)}`;
}

/** The id of the key that an enrolment buys which may be asked for again: who knows the client token finds it again, and nobody else. */
export function accessKeyIdFor(clientToken: string): string {
  const digest = createHash("sha256").update(clientToken).digest().subarray(0, ACCESS_KEY_ID_RANDOM_CHARACTERS);
  return `AKIA${[...digest].map((byte) => UPPER_AND_DIGITS[byte % UPPER_AND_DIGITS.length]).join("")}`;
}
