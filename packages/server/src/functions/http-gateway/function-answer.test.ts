import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { functionAnswer, MAX_FUNCTION_ANSWER_BYTES, MalformedAnswer } from "./function-answer.ts";

const answerOf = (value: unknown, isMultiValue = false) =>
  functionAnswer(Buffer.from(typeof value === "string" ? value : JSON.stringify(value)), isMultiValue);

describe("the answer of a function", () => {
  it("is AWS's", () => {
    const given = {
      isBase64Encoded: false,
      statusCode: 200,
      statusDescription: "200 Fine",
      headers: { "Set-cookie": "cookies", "Content-Type": "application/json" },
      body: "Hello from Lambda (öptional)",
    };
    expect(answerOf(given)).toEqual({
      status: 200,
      reason: "Fine",
      headers: [
        ["Set-cookie", "cookies"],
        ["Content-Type", "application/json"],
      ],
      body: Buffer.from("Hello from Lambda (öptional)"),
    });
  });

  it("may be its status alone", () => {
    expect(answerOf({ statusCode: 204 })).toEqual({ status: 204, reason: "", headers: [], body: Buffer.alloc(0) });
    const empty = { statusCode: 302, statusDescription: null, headers: null, body: null };
    expect(answerOf(empty)).toMatchObject({ status: 302, headers: [] });
  });

  it("has each value of a header in lists, and only from the member that the attribute names", () => {
    const given = { statusCode: 200, headers: { a: "1" }, multiValueHeaders: { "set-cookie": ["x=1", "y=2"] } };
    expect(answerOf(given, true).headers).toEqual([
      ["set-cookie", "x=1"],
      ["set-cookie", "y=2"],
    ]);
    expect(answerOf(given).headers).toEqual([["a", "1"]]);
  });

  it("has bytes from base64, of a type that browsers do not guess", () => {
    const given = { statusCode: 200, isBase64Encoded: true, body: Buffer.from([0, 255]).toString("base64") };
    expect(answerOf(given)).toMatchObject({
      headers: [["content-type", "application/octet-stream"]],
      body: Buffer.from([0, 255]),
    });
  });

  it("does not speak of the connection or its own length", () => {
    const headers = {
      Connection: "close",
      "Transfer-Encoding": "chunked",
      "content-length": "5",
      Upgrade: "x",
      ok: "1",
    };
    expect(answerOf({ statusCode: 200, headers }).headers).toEqual([["ok", "1"]]);
  });

  it.each([
    ["it works", /is not JSON/],
    ["null", /is not an object/],
    [[], /is not an object/],
    [{}, /statusCode/],
    [{ statusCode: "200" }, /statusCode/],
    [{ statusCode: 101 }, /statusCode/],
    [{ statusCode: 600 }, /statusCode/],
    [{ statusCode: 200.5 }, /statusCode/],
    [{ statusCode: 200, statusDescription: "200 OK\r\nX: 1" }, /statusDescription/],
    [{ statusCode: 200, headers: [] }, /headers is not an object/],
    [{ statusCode: 200, headers: { a: 1 } }, /is not text/],
    [{ statusCode: 200, headers: { a: "b\r\nSet-Cookie: c" } }, /characters that headers may not have/],
    [{ statusCode: 200, headers: { "a: b\r\nc": "d" } }, /characters that headers may not have/],
    [{ statusCode: 200, headers: { "": "d" } }, /characters that headers may not have/],
    [{ statusCode: 200, body: {} }, /body is not text/],
    [{ statusCode: 200, body: "%", isBase64Encoded: true }, /not base64/],
    [{ statusCode: 200, body: "YQ=", isBase64Encoded: true }, /not base64/],
    [{ statusCode: 200, body: "", isBase64Encoded: "no" }, /isBase64Encoded/],
  ])("is none: %j", (value, message) => {
    expect(() => answerOf(value)).toThrow(MalformedAnswer);
    expect(() => answerOf(value)).toThrow(message);
  });

  it("is none with a list that is no list", () => {
    expect(() => answerOf({ statusCode: 200, multiValueHeaders: { a: "b" } }, true)).toThrow(/is not a list/);
  });

  it("has at most 1 MB as JSON", () => {
    const frame = JSON.stringify({ statusCode: 200, body: "" }).length;
    const body = "x".repeat(MAX_FUNCTION_ANSWER_BYTES - frame);
    expect(answerOf({ statusCode: 200, body }).body).toHaveLength(body.length);
    expect(() => answerOf({ statusCode: 200, body: `${body}x` })).toThrow(/1048577 bytes: at most 1048576/);
  });

  it("never has a line break in its head, whatever a function says", () => {
    const text = fc.string({
      unit: fc.constantFrom("a", ":", " ", "\r", "\n", "\0", "é", "\u2028", "€"),
      maxLength: 6,
    });
    const headers = fc.dictionary(text, text, { maxKeys: 3 });
    fc.assert(
      fc.property(headers, text, (given, statusDescription) => {
        try {
          const answer = answerOf({ statusCode: 200, headers: given, statusDescription });
          expect([answer.reason, ...answer.headers.flat()].join("")).not.toMatch(/[\r\n\0]/);
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedAnswer);
        }
      }),
    );
  });
});
