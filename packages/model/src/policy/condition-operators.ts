import { compileArnText } from "./arn-text.ts";
import { isInRange, parseAddress, parseIpRange } from "./ip-range.ts";
import { parsePolicyDate } from "./policy-date.ts";
import type { PolicyVersion } from "./policy-document.ts";
import { compileText, parsePolicyText, type RequestContext, type TextTest } from "./policy-text.ts";

/** What a kind of operator compares. */
export type OperandKind = "text" | "arn" | "number" | "date" | "boolean" | "binary" | "address" | "null";

/** An operator without `ForAnyValue:`, `ForAllValues:` and `IfExists`. */
export interface BaseOperator {
  readonly name: string;
  readonly operand: OperandKind;
  /** Whether the condition is met when no value of the policy is equal. */
  readonly isNegated: boolean;
  /** A test of a value of the request against one of the policy, which is valid for the kind. */
  readonly compile: (value: string, version: PolicyVersion) => TextTest;
}

const exactly: BaseOperator["compile"] = (value, version) => compileText(parsePolicyText(value, version, false));
const like: BaseOperator["compile"] = (value, version) => compileText(parsePolicyText(value, version, true));
const ignoringCase: BaseOperator["compile"] = (value, version) => {
  const test = compileText(parsePolicyText(value.toLowerCase(), version, false), true);
  return (given, context) => test(given.toLowerCase(), context);
};
const inOneCase: BaseOperator["compile"] = (value) => {
  const wanted = value.toLowerCase();
  return (given) => given.toLowerCase() === wanted;
};
const sameBytes: BaseOperator["compile"] = (value) => {
  const wanted = decodeBinary(value);
  return (given) => wanted !== undefined && decodeBinary(given) === wanted;
};
const inAddresses: BaseOperator["compile"] = (value) => {
  const range = parseIpRange(value);
  return (given) => {
    const address = parseAddress(given);
    return range !== undefined && address !== undefined && isInRange(address, range);
  };
};

/** What is no number or date is neither less nor more than anything, nor equal to it. */
function ordered(
  read: (text: string) => number | undefined,
  compare: (given: number, wanted: number) => boolean,
): BaseOperator["compile"] {
  return (value) => {
    const wanted = read(value);
    return (text) => {
      const given = read(text);
      return wanted !== undefined && given !== undefined && compare(given, wanted);
    };
  };
}

const ORDERS = {
  Equals: (given: number, wanted: number) => given === wanted,
  LessThan: (given: number, wanted: number) => given < wanted,
  LessThanEquals: (given: number, wanted: number) => given <= wanted,
  GreaterThan: (given: number, wanted: number) => given > wanted,
  GreaterThanEquals: (given: number, wanted: number) => given >= wanted,
};

function operator(
  name: string,
  operand: OperandKind,
  compile: BaseOperator["compile"],
  isNegated = false,
): BaseOperator {
  return { name, operand, compile, isNegated };
}

function orderOperators(prefix: string, operand: "number" | "date", read: (text: string) => number | undefined) {
  return [
    ...Object.entries(ORDERS).map(([name, compare]) => operator(`${prefix}${name}`, operand, ordered(read, compare))),
    operator(`${prefix}NotEquals`, operand, ordered(read, ORDERS.Equals), true),
  ];
}

/** All of IAM's. Null is apart: it compares nothing, it asks whether the request has the key. */
export const BASE_OPERATORS: readonly BaseOperator[] = [
  operator("StringEquals", "text", exactly),
  operator("StringNotEquals", "text", exactly, true),
  operator("StringEqualsIgnoreCase", "text", ignoringCase),
  operator("StringNotEqualsIgnoreCase", "text", ignoringCase, true),
  operator("StringLike", "text", like),
  operator("StringNotLike", "text", like, true),
  ...orderOperators("Numeric", "number", parsePolicyNumber),
  ...orderOperators("Date", "date", parsePolicyDate),
  operator("Bool", "boolean", inOneCase),
  operator("BinaryEquals", "binary", sameBytes),
  operator("IpAddress", "address", inAddresses),
  operator("NotIpAddress", "address", inAddresses, true),
  operator("ArnEquals", "arn", compileArnText),
  operator("ArnLike", "arn", compileArnText),
  operator("ArnNotEquals", "arn", compileArnText, true),
  operator("ArnNotLike", "arn", compileArnText, true),
  operator("Null", "null", inOneCase),
];

const BY_NAME: ReadonlyMap<string, BaseOperator> = new Map(BASE_OPERATORS.map((one) => [one.name, one]));

/** `each`: one value of the request, any of them, or all. */
export interface ConditionOperator {
  readonly base: BaseOperator;
  readonly each: "ForAnyValue" | "ForAllValues" | undefined;
  readonly ifExists: boolean;
}

const PARTS = /^(?:(ForAnyValue|ForAllValues):)?(.+?)(IfExists)?$/;

/** The operator of that name, undefined when IAM has none such. Null takes neither `IfExists` nor a set of values. */
export function parseOperator(text: string): ConditionOperator | undefined {
  const [, each, name = "", ifExists] = PARTS.exec(text) ?? [];
  const base = BY_NAME.get(name);
  if (base === undefined || (base.operand === "null" && (ifExists !== undefined || each !== undefined)))
    return undefined;
  return { base, each: each as ConditionOperator["each"], ifExists: ifExists !== undefined };
}

/** A number as JSON or a person writes it: `10`, `-0.5`, `1e3`. */
export function parsePolicyNumber(text: string): number | undefined {
  return /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?$/.test(text) ? Number(text) : undefined;
}

/** The bytes of base 64, as text; undefined when it is none. */
export function decodeBinary(text: string): string | undefined {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text) ? atob(text) : undefined;
}

/** A condition as it is decided: whether `values` of the request, undefined when it has none, meet it. */
export type ConditionTest = (values: readonly string[] | undefined, context: RequestContext) => boolean;

/**
 * IAM's rules: without a value a condition is not met, but for negated operators, `IfExists` and `ForAllValues:`; `ForAnyValue:` is not met
 * then, negated or not. Of several values of a request and no `For…:`, one that is equal is enough, and a negated operator allows none.
 */
export function compileCondition(
  { base, each, ifExists }: ConditionOperator,
  wanted: readonly string[],
  version: PolicyVersion,
): ConditionTest {
  if (base.operand === "null") {
    const missing = wanted.map((value) => value.toLowerCase() === "true");
    return (values) => missing.includes(values === undefined);
  }
  const tests = wanted.map((value) => base.compile(value, version));
  const [first] = tests;
  const isEqual: TextTest =
    tests.length === 1 && first !== undefined ? first : (given, context) => tests.some((test) => test(given, context));
  const withoutValue = ifExists || each === "ForAllValues" || (base.isNegated && each === undefined);
  const { isNegated } = base;
  switch (each) {
    case undefined:
      return (values, context) => {
        const value = values?.[0];
        if (values === undefined || value === undefined) return withoutValue;
        const isAnyEqual = values.length === 1 ? isEqual(value, context) : values.some((one) => isEqual(one, context));
        return isAnyEqual !== isNegated;
      };
    case "ForAnyValue":
      return (values, context) =>
        hasNothing(values) ? withoutValue : values.some((value) => isEqual(value, context) !== isNegated);
    case "ForAllValues":
      return (values, context) =>
        hasNothing(values) ? withoutValue : values.every((value) => isEqual(value, context) !== isNegated);
    default:
      return each satisfies never;
  }
}

/** For sets of values, values that are all empty are no values. */
function hasNothing(values: readonly string[] | undefined): values is undefined {
  return values === undefined || values.every((value) => value === "");
}
