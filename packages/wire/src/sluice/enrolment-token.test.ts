import { CallerFault } from "@sluice/model/caller-fault.ts";
import { describe, expect, it } from "vitest";
import { decodeEnrolmentToken, encodeEnrolmentToken, MAX_ENROLMENT_TOKEN_CHARACTERS } from "./enrolment-token.ts";

const token = { id: "et-1", secret: "never-to-be-shown", fingerprints: ["ab".repeat(32)] };
const text = encodeEnrolmentToken(token);

describe("an enrolment token", () => {
  it("is one opaque word that reads back", () => {
    expect(text).toMatch(/^slt_[A-Za-z0-9_-]+$/);
    expect(decodeEnrolmentToken(text)).toEqual(token);
    expect(decodeEnrolmentToken(` ${text}\n`)).toEqual(token);
    const bare = { ...token, fingerprints: [] };
    expect(decodeEnrolmentToken(encodeEnrolmentToken(bare))).toEqual(bare);
  });

  it.each([
    ["empty", ""],
    ["without its prefix", text.slice(4)],
    ["with nothing behind its prefix", "slt_"],
    ["cut off", text.slice(0, -10)],
    ["with a foreign character", `${text}!`],
    ["not an object", `slt_${Buffer.from("null").toString("base64url")}`],
    ["without a secret", encodeEnrolmentToken({ ...token, secret: "" })],
    ["with a fingerprint of another form", encodeEnrolmentToken({ ...token, fingerprints: ["AB:CD"] })],
    ["endless", `slt_${"a".repeat(MAX_ENROLMENT_TOKEN_CHARACTERS)}`],
  ])("is refused when %s, and is not repeated in the error", (_, malformed) => {
    let error: unknown;
    try {
      decodeEnrolmentToken(malformed);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(CallerFault);
    const { code, message } = error as CallerFault;
    expect(code).toBe("EnrolmentTokenInvalidException");
    expect(message).toContain("sluice token create");
    expect(message).not.toContain("never-to-be-shown");
    if (malformed.length > 20) expect(message).not.toContain(malformed.slice(4, 24));
  });
});
