import { excerpt } from "../excerpt.ts";
import { nearestName } from "../nearest-name.ts";
import { ARN_PARTS, arnParts } from "./arn-text.ts";
import {
  BASE_OPERATORS,
  decodeBinary,
  type OperandKind,
  parseOperator,
  parsePolicyNumber,
} from "./condition-operators.ts";
import { parseIpRange } from "./ip-range.ts";
import type { JsonMember, JsonNode } from "./json-node.ts";
import { parsePolicyDate } from "./policy-date.ts";
import type { PolicyCondition, PolicyVersion } from "./policy-document.ts";
import { describe, memberPath, type PlacedText, type PolicyReader, readValues } from "./policy-reader.ts";
import { variableProblem } from "./policy-text.ts";

const KEY = /^[A-Za-z0-9.-]+:\P{Cc}+$/u;

/** `{ OPERATOR: { KEY: VALUE or list } }`. Empty objects are allowed, as IAM allows them, and ask for nothing. */
export function readConditions(
  node: JsonNode,
  path: string,
  version: PolicyVersion,
  reader: PolicyReader,
): readonly PolicyCondition[] {
  return membersOf(node, path, '{ "StringEquals": { "aws:ResourceTag/env": "test" } }', reader).flatMap((block) => {
    const blockPath = memberPath(path, block.name);
    const operator = parseOperator(block.name);
    if (operator === undefined) return reader.refuse(blockPath, block.at, operatorProblem(block.name));
    const keys = membersOf(block.node, blockPath, '{ "aws:ResourceTag/env": "test" }', reader);
    refuseSameKeys(keys, blockPath, reader);
    return keys.map(({ name, at, node: value }) => {
      const keyPath = memberPath(blockPath, name);
      if (!KEY.test(name)) {
        reader.refuse(keyPath, at, "is no condition key: write one with its service, such as aws:SourceIp");
      }
      const values = readValues(value, keyPath, ["text", "number", "boolean"], reader);
      for (const one of values) checkOperand(one, operator.base.operand, version, reader);
      return { operator: block.name, key: name, values: values.map(({ text }) => text) };
    });
  });
}

function membersOf(node: JsonNode, path: string, example: string, reader: PolicyReader): readonly JsonMember[] {
  return node.kind === "object"
    ? node.members
    : reader.refuse(path, node.at, `is ${describe(node)}: write an object, such as ${example}`);
}

/** The case of a key does not matter, so that JSON's own rule for members does not find these. */
function refuseSameKeys(keys: readonly JsonMember[], path: string, reader: PolicyReader): void {
  const seen = new Map<string, string>();
  for (const { name, at } of keys) {
    const same = seen.get(name.toLowerCase());
    if (same !== undefined) {
      reader.refuse(
        memberPath(path, name),
        at,
        `is the same key as ${same}, in other letters: write one list of values`,
      );
    }
    seen.set(name.toLowerCase(), name);
  }
}

const OPERATOR_ALIASES = { equals: "StringEquals", like: "StringLike", ipaddressequals: "IpAddress", arn: "ArnLike" };

function operatorProblem(given: string): string {
  const prefix = /^(ForAnyValue|ForAllValues):/.exec(given)?.[0] ?? "";
  const bare = given.slice(prefix.length).replace(/IfExists$/, "");
  if (bare === "Null") return "does not exist: Null is written without ForAnyValue:, ForAllValues: and IfExists";
  const nearest = nearestName(
    bare,
    BASE_OPERATORS.map(({ name }) => name),
    OPERATOR_ALIASES,
  );
  const suffix = given.endsWith("IfExists") ? "IfExists" : "";
  if (nearest !== undefined && nearest !== "Null")
    return `is no condition operator: write ${prefix}${nearest}${suffix}`;
  return "is no condition operator: there are StringEquals, StringLike, NumericLessThan, DateLessThan, Bool, IpAddress, ArnLike, Null and others (docs/reference/policies.md)";
}

const EXPECTED: Readonly<Record<OperandKind, { isValid: (text: string) => boolean; cure: string }>> = {
  text: { isValid: () => true, cure: "" },
  arn: {
    isValid: (text) => text === "*" || (arnParts(text).length === ARN_PARTS && text.startsWith("arn:")),
    cure: "write an ARN with all its six parts, such as arn:aws:iam::*:user/*",
  },
  number: { isValid: (text) => parsePolicyNumber(text) !== undefined, cure: "write a number, such as 10" },
  date: {
    isValid: (text) => parsePolicyDate(text) !== undefined,
    cure: "write a date, such as 2026-12-31T23:59:59Z or 2026-12-31, or seconds since 1970",
  },
  boolean: { isValid: (text) => /^(?:true|false)$/i.test(text), cure: "write true or false" },
  null: {
    isValid: (text) => /^(?:true|false)$/i.test(text),
    cure: "write true where the request has to be without the key, false where it has to have it",
  },
  binary: { isValid: (text) => decodeBinary(text) !== undefined, cure: "write bytes as base 64, such as QmluYXJ5" },
  address: {
    isValid: (text) => parseIpRange(text) !== undefined,
    cure: "write an address or a range, such as 203.0.113.0/24 or 2001:db8::/32",
  },
};

function checkOperand(
  { text, path, at }: PlacedText,
  kind: OperandKind,
  version: PolicyVersion,
  reader: PolicyReader,
): void {
  const { isValid, cure } = EXPECTED[kind];
  const problem = version === "2012-10-17" && (kind === "text" || kind === "arn") ? variableProblem(text) : undefined;
  if (problem !== undefined) reader.refuse(path, at, problem);
  if (isValid(text)) return;
  const why = text.includes("${") && kind !== "arn" ? ". Only String and Arn operators have variables" : "";
  reader.refuse(path, at, `is ${JSON.stringify(excerpt(text))}: ${cure}${why}`);
}
