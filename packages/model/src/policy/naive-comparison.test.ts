// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of policies.
import fc from "fast-check";
import { expect, test } from "vitest";
import { decide } from "./decide.ts";
import { explainDecision } from "./explain-decision.ts";
import { naiveDecision } from "./naive-evaluator.fixture.ts";
import { parsePolicy } from "./parse-policy.ts";

/** Few letters, so that much of what is generated fits. */
const letters = (...units: string[]) =>
  fc.array(fc.constantFrom(...units), { maxLength: 5 }).map((all) => all.join(""));
const oneOrMore = <T>(one: fc.Arbitrary<T>) => fc.oneof(one, fc.array(one, { minLength: 1, maxLength: 3 }));

const actionPattern = fc.oneof(
  fc.constant("*"),
  letters("a", "b", "A", "*", "?").map((name) => `s3:${name || "a"}`),
);
const resourcePattern = fc.oneof(
  { weight: 1, arbitrary: fc.constant("*") },
  {
    weight: 4,
    arbitrary: letters(
      "a",
      "b",
      "/",
      "*",
      "?",
      "${aws:x}",
      "${*}",
      "${aws:none}",
      "${aws:none, 'a'}",
      "${aws:y, 'b'}",
    ).map((name) => `arn:aws:s3:::${name}`),
  },
);

const KINDS = ["String", "Arn", "Numeric", "Date", "Bool", "Ip"] as const;
type Kind = (typeof KINDS)[number];
const SETS = ["", "", "ForAnyValue:", "ForAllValues:"];
const key = fc.constantFrom("aws:x", "AWS:Y", "aws:z");
const wantedBy: Readonly<Record<Kind, fc.Arbitrary<unknown>>> = {
  String: letters("a", "b", "A", "*", "?", "${aws:x}", "${?}", "${aws:none}"),
  Arn: letters("a", "b", "*", "?").map((name) => `arn:*:s3::?:${name}`),
  Numeric: fc.constantFrom("1", "2", 2, "2.0", "10"),
  Date: fc.constantFrom("2026-01-01", "2026-01-01T00:00:00Z", "1767225600", "2026-06-01T10:00:00+02:00"),
  Bool: fc.constantFrom("true", "false", true),
  Ip: fc.constantFrom("1.2.3.4", "1.2.0.0/16", "1.2.3.128/25", "0.0.0.0/0"),
};
const NAMES: Readonly<Record<Kind, readonly string[]>> = {
  String: ["Equals", "NotEquals", "EqualsIgnoreCase", "NotEqualsIgnoreCase", "Like", "NotLike"].map(
    (name) => `String${name}`,
  ),
  Arn: ["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"],
  Numeric: ["NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericGreaterThanEquals"],
  Date: ["DateEquals", "DateNotEquals", "DateGreaterThan", "DateLessThanEquals"],
  Bool: ["Bool"],
  Ip: ["IpAddress", "NotIpAddress"],
};

/** Keys of the context are of one kind each, so that no value is read in a way that platforms differ about. */
const valueBy: Readonly<Record<Kind, fc.Arbitrary<string>>> = {
  String: fc.constantFrom("", "a", "a", "b", "A", "ab", "*"),
  Arn: letters("a", "b", ":").map((name) => `arn:aws:s3::1:${name}`),
  Numeric: fc.constantFrom("1", "2", "10"),
  Date: fc.constantFrom("2026-01-01", "1767225600", "2026-06-01T08:00:00Z"),
  Bool: fc.constantFrom("true", "false"),
  Ip: fc.constantFrom("1.2.3.4", "1.2.3.200", "1.2.9.9", "9.9.9.9"),
};

const kind = fc.constantFrom(...KINDS);

const situation = kind.chain((chosen) => {
  const operator = fc.oneof(
    { weight: 1, arbitrary: fc.constant("Null") },
    {
      weight: 9,
      arbitrary: fc
        .tuple(fc.constantFrom(...SETS), fc.constantFrom(...NAMES[chosen]), fc.constantFrom("", "", "IfExists"))
        .map((parts) => parts.join("")),
    },
  );
  const block = operator.chain((name) =>
    fc
      .tuple(key, oneOrMore(name === "Null" ? fc.constantFrom("true", "false") : wantedBy[chosen]))
      .map(([one, wanted]) => ({ [name]: { [one]: wanted } })),
  );
  const condition = fc.array(block, { maxLength: 2 }).map((blocks) => Object.assign({}, ...blocks));
  const statement = fc
    .record({
      Effect: fc.constantFrom("Allow", "Allow", "Deny"),
      actions: fc.tuple(fc.constantFrom("Action", "Action", "NotAction"), oneOrMore(actionPattern)),
      resources: fc.tuple(fc.constantFrom("Resource", "Resource", "NotResource"), oneOrMore(resourcePattern)),
      Condition: condition,
    })
    .map(({ Effect, actions, resources, Condition }) => ({
      Effect,
      ...Object.fromEntries([actions, resources]),
      Condition,
    }));
  const policy = fc.record({
    Version: fc.constantFrom("2012-10-17", "2012-10-17", "2008-10-17"),
    Statement: oneOrMore(statement),
  });
  const values = fc.array(valueBy[chosen], { maxLength: 3 });
  return fc.record({
    identity: fc.array(policy, { maxLength: 3 }),
    session: fc.option(fc.array(policy, { maxLength: 2 }), { nil: undefined }),
    request: fc.record({
      action: letters("a", "b", "B").map((name) => `s3:${name}`),
      resource: letters("a", "b", "/", "*").map((name) => `arn:aws:s3:::${name}`),
      context: fc.record({ "aws:x": values, "aws:y": values, "aws:z": values }, { requiredKeys: [] }),
    }),
  });
});

test("a second evaluator, written otherwise, decides the same", () => {
  fc.assert(
    fc.property(situation, ({ identity, session, request }) => {
      const parse = (policy: object) => ({ name: "p", document: parsePolicy(JSON.stringify(policy), "p") });
      const decision = decide(identity.map(parse), session?.map(parse), request);
      const effect = decision.effect === "implicit-deny" ? `implicit-deny ${decision.kind}` : decision.effect;
      expect(effect).toBe(naiveDecision(identity, session, request));
      expect(explainDecision(decision, request).length).toBeGreaterThan(0);
    }),
    { numRuns: 800 },
  );
});
