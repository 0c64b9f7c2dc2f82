import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { faultyPolicies } from "./faulty-policies.fixture.ts";
import { parsePolicy } from "./parse-policy.ts";
import { PolicyFault } from "./policy-fault.ts";

const STATEMENT = { Effect: "Allow", Action: "codedeploy:Get*", Resource: "*" };

function faultOf(text: string): PolicyFault | undefined {
  try {
    parsePolicy(text, "deployers");
    return undefined;
  } catch (fault) {
    if (fault instanceof PolicyFault) return fault;
    throw fault;
  }
}

describe("parsePolicy", () => {
  test("refuses each of the faulty documents at its place", () => {
    expect(faultyPolicies.length).toBeGreaterThanOrEqual(60);
    const wrong = faultyPolicies
      .map(([document, path, problem]) => {
        const fault = faultOf(typeof document === "string" ? document : JSON.stringify(document));
        return { document, path, problem, found: { path: fault?.path, problem: fault?.problem } };
      })
      .filter(({ path, problem, found }) => found.path !== path || !found.problem?.includes(problem));
    expect(wrong).toEqual([]);
  });

  test("says which policy, and where in its text", () => {
    const fault = faultOf('{\n  "Statement": {\n    "Effect": "allow"\n  }\n}');
    expect(fault?.message).toBe('Statement[0].Effect of the policy deployers is "allow": write "Allow" or "Deny"');
    expect(fault?.place).toEqual({ line: 3, column: 15 });
  });

  test("keeps what is written, with lists where one may stand alone", () => {
    const text = JSON.stringify({
      Id: "x",
      Statement: { ...STATEMENT, Sid: "", Condition: { Bool: { "aws:SecureTransport": true }, StringEquals: {} } },
    });
    expect(parsePolicy(text, "p")).toEqual({
      version: "2008-10-17",
      id: "x",
      statements: [
        {
          sid: undefined,
          effect: "Allow",
          actions: { isNot: false, patterns: ["codedeploy:Get*"] },
          resources: { isNot: false, patterns: ["*"] },
          conditions: [{ operator: "Bool", key: "aws:SecureTransport", values: ["true"] }],
        },
      ],
    });
  });

  test("counts characters as IAM does at each place", () => {
    const of = (characters: number) => {
      const Resource = `arn:aws:s3:::${"x".repeat(characters)}`;
      return JSON.stringify({ Statement: { ...STATEMENT, Resource } });
    };
    const around = of(0).length;
    for (const [place, most] of [
      ["managed", 6_144],
      ["user", 2_048],
      ["role", 10_240],
      ["session", 2_048],
    ] as const) {
      const fitting = of(most - around);
      expect(parsePolicy(fitting, "p", place).statements).toHaveLength(1);
      expect(() => parsePolicy(of(most - around + 1), "p", place)).toThrow(`at most ${most} are allowed`);
      const blanks = () => parsePolicy(`${fitting} \n\t`, "p", place);
      if (place === "session") expect(blanks).toThrow("has 2051 characters: at most 2048");
      else expect(blanks).not.toThrow();
    }
  });

  test("answers any JSON and any text with a document or a PolicyFault", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.string(),
          fc.string().map((text) => `{"Statement":${text}`),
        ),
        (text) => {
          expect(faultOf(text)?.place.line ?? 1).toBeGreaterThan(0);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("reads JSON as JSON.parse does", () => {
    fc.assert(
      fc.property(fc.string(), (id) => {
        const text = JSON.stringify({ Id: id, Statement: STATEMENT }, null, 1);
        expect(parsePolicy(text, "p").id).toBe(id);
      }),
      { numRuns: 200 },
    );
  });
});
