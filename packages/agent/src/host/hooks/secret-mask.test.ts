import { describe, expect, test } from "vitest";
import { outputMask, StreamMask } from "./secret-mask.ts";

const KNOWN = outputMask([], true);
const AWS_ID = ["AK", "IAIOSFODNN7EXAMPLE"].join("");
const KEY = (body: string) => `-----BEGIN RSA PRIVATE KEY-----\n${body}\n-----END RSA PRIVATE KEY-----\n`;

describe("a line", () => {
  test.each([
    ["connecting with password=hunter2 to db", "connecting with password=*** to db"],
    ["export DB_PASSWORD='two words'", "export DB_PASSWORD='***'"],
    ["SECRET_KEY_BASE=abc&user=jo", "SECRET_KEY_BASE=***&user=jo"],
    ['{"api_key": "k-1", "name": "shop"}', '{"api_key": "***", "name": "shop"}'],
    ["aws_secret_access_key=wJalr/XUtn+FEMI", "aws_secret_access_key=***"],
    [`using ${AWS_ID} in eu-west-1`, "using *** in eu-west-1"],
    ["> Authorization: Basic am86cHc=", "> Authorization: Basic ***"],
    ["curl -H 'Authorization: token abc.def'", "curl -H 'Authorization: token ***'"],
    ["postgres://jo:s3cret@db/shop", "postgres://jo:***@db/shop"],
    ["GET /b?X-Amz-Signature=0a1b&x=1", "GET /b?X-Amz-Signature=***&x=1"],
    [`cloned with ghp_${"a".repeat(36)}`, "cloned with ***"],
  ])("%s", (line, shown) => {
    expect(KNOWN.line(line)).toBe(shown);
  });

  test.each([
    "Script exited with exit code 3",
    "password: required",
    "the token has expired",
    "password=$DB_PASSWORD",
    "use_token=false",
    "https://example.org:8443/path@2",
    "deployed d-ABCDEF123 of commit 0123456789abcdef0123456789abcdef01234567",
    "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  ])("says what it said: %s", (line) => {
    expect(KNOWN.line(line)).toBe(line);
  });

  test("values are masked wherever they are, the longest first, and too short ones never", () => {
    const { line } = outputMask(["topsecret", "topsecret-2", "1", "two\nlines-of-it"], false);
    expect(line("a topsecret-2, topsecrets and 1, lines-of-it, two, password=x")).toBe(
      "a ***, ***s and 1, ***, two, password=x",
    );
  });

  test("costs little, whatever is in it", () => {
    // Quadratic, each of these would take minutes.
    for (const piece of [
      "password",
      'token="',
      "://a:",
      "Bearer ",
      "eyJa.",
      "-eyJ",
      "-----BEGIN ",
      "authorization:   ",
    ]) {
      KNOWN.line(piece.repeat(64 * 1024));
    }
  });
});

describe("text in pieces", () => {
  const through = (text: string, cuts: readonly number[]) => {
    const stream = new StreamMask(outputMask(["topsecret"], true));
    let from = 0;
    let shown = "";
    for (const cut of [...cuts, text.length]) {
      shown += stream.push(text.slice(from, cut));
      from = cut;
    }
    return shown + stream.end();
  };
  const TEXT = `a topsecret b\rpassword=hunter2\r\n\n${KEY("MIIE\nabcd")}end, unended topsecret`;
  const SHOWN =
    "a *** b\rpassword=***\r\n\n-----BEGIN RSA PRIVATE KEY-----\n***\n***\n-----END RSA PRIVATE KEY-----\nend, unended ***";

  test("is masked wherever it is cut", () => {
    expect(through(TEXT, [])).toBe(SHOWN);
    for (let cut = 0; cut < TEXT.length; cut += 1) expect(through(TEXT, [cut])).toBe(SHOWN);
    expect(
      through(
        TEXT,
        [...TEXT].map((_, index) => index),
      ),
    ).toBe(SHOWN);
  });

  test("a key's beginning that somebody only mentions does not hide why the script fails", () => {
    const said = "cannot read -----BEGIN PRIVATE KEY-----\nError: the file site.pem has no key in it\nexit status 3\n";
    expect(through(said, [])).toBe(said);
    expect(through(`web | ${KEY(`web | ${"MIIE".repeat(16)}\nProc-Type: 4,ENCRYPTED\nweb | qrs7=`)}`, [])).not.toMatch(
      /MIIE|ENCRYPTED|qrs7/,
    );
  });

  test.each([
    ["a value", "a topsecret-of-some-length b"],
    ["a bearer token", `Authorization: Bearer ${"t0k3n".repeat(20)}`],
    ["a key of AWS's", `id=${AWS_ID}`],
    ["NAME=value", `,password=${"hunter2".repeat(30)},`],
  ])("a secret at the place where a long line is cut is masked whole: %s", (_, secret) => {
    const mask = outputMask(["topsecret-of-some-length"], true);
    for (const filler of ["x", "x,", "ab "]) {
      for (let before = 1; before < secret.length; before += 9) {
        const start = filler.repeat(70_000).slice(0, 64 * 1024 - before);
        const stream = new StreamMask(mask);
        const line = `${start} ${secret} ${filler.repeat(9_000)}`;
        expect(stream.push(line) + stream.end() === mask.line(line), `${before} before, ${filler}`).toBe(true);
      }
    }
  });

  test("a key that never ends does not mask all that follows", () => {
    const lines = Array.from({ length: 1_000 }, (_, index) => `line ${index}\n`).join("");
    expect(through(`-----BEGIN PRIVATE KEY-----\n${lines}`, [])).toContain("line 999\n");
  });

  test("a line without end is not held for ever, and is cut between words", () => {
    const words = "word ".repeat(13_100);
    const stream = new StreamMask(outputMask(["topsecret"], false));
    const shown = stream.push(`${words}topsecret ${words}`);
    expect(shown.length).toBeGreaterThan(0);
    expect(shown + stream.end()).toBe(`${words}*** ${words}`);
  });
});
