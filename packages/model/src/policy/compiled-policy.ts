import { completeArn } from "./arn-text.ts";
import { type ConditionTest, compileCondition, parseOperator } from "./condition-operators.ts";
import type { PolicyDocument, PolicyPatterns, PolicyStatement, PolicyVersion } from "./policy-document.ts";
import { compileText, parsePolicyText, type RequestContext, type TextTest } from "./policy-text.ts";
import { patternOf } from "./wildcards.ts";

export interface CompiledCondition {
  /** In lower case. */
  readonly key: string;
  readonly isMet: ConditionTest;
}

export interface CompiledStatement {
  /** Its place in the document, from 0. */
  readonly index: number;
  readonly statement: PolicyStatement;
  readonly isDeny: boolean;
  /** `action` in lower case. */
  readonly namesAction: (action: string) => boolean;
  readonly namesResource: TextTest;
  readonly conditions: readonly CompiledCondition[];
  /** Whatever the resource and the context are. */
  readonly isUnconditional: boolean;
}

/** Of a document's statements those that name an action: asked for at every call, for few actions. */
export type StatementsByAction = (action: string) => readonly CompiledStatement[];

export interface CompiledPolicy {
  readonly statements: readonly CompiledStatement[];
  readonly statementsFor: StatementsByAction;
}

/** Actions whose statements a document remembers; Sluice has some 300. Callers' other words push nothing out for long. */
const MAX_REMEMBERED_ACTIONS = 1_024;

const COMPILED = new WeakMap<PolicyDocument, CompiledPolicy>();

/** Compiles a document once, and keeps that as long as the document is kept. */
export function compiledPolicy(document: PolicyDocument): CompiledPolicy {
  const known = COMPILED.get(document);
  if (known !== undefined) return known;
  const statements = document.statements.map((statement, index) =>
    compileStatement(statement, index, document.version),
  );
  const compiled = { statements, statementsFor: rememberActions(statements) };
  COMPILED.set(document, compiled);
  return compiled;
}

function rememberActions(statements: readonly CompiledStatement[]): StatementsByAction {
  const remembered = new Map<string, readonly CompiledStatement[]>();
  return (action) => {
    const known = remembered.get(action);
    if (known !== undefined) return known;
    const lower = action.toLowerCase();
    const naming = statements.filter(({ namesAction }) => namesAction(lower));
    if (remembered.size >= MAX_REMEMBERED_ACTIONS) remembered.clear();
    remembered.set(action, naming);
    return naming;
  };
}

function compileStatement(statement: PolicyStatement, index: number, version: PolicyVersion): CompiledStatement {
  const { actions, resources, conditions } = statement;
  const namesAction = compileAny(
    actions,
    // Actions have no variables.
    actions.patterns.map((pattern) => compileText([patternOf(pattern.toLowerCase())])),
  );
  return {
    index,
    statement,
    isDeny: statement.effect === "Deny",
    namesAction: (action) => namesAction(action, NO_CONTEXT),
    namesResource: compileAny(
      resources,
      resources.patterns.map((pattern) => compileText(parsePolicyText(completeArn(pattern), version, true))),
    ),
    conditions: conditions.map(({ operator, key, values }) => {
      const parsed = parseOperator(operator);
      if (parsed === undefined) throw new Error(`no condition operator is called ${operator}: parsePolicy refuses it`);
      return { key: key.toLowerCase(), isMet: compileCondition(parsed, values, version) };
    }),
    isUnconditional:
      conditions.length === 0 && !resources.isNot && resources.patterns.some((pattern) => /^\*+$/.test(pattern)),
  };
}

const NO_CONTEXT: RequestContext = {};

function compileAny({ isNot }: PolicyPatterns, tests: readonly TextTest[]): TextTest {
  const [first] = tests;
  if (tests.length === 1 && first !== undefined && !isNot) return first;
  return (text, context) => {
    for (const test of tests) if (test(text, context)) return !isNot;
    return isNot;
  };
}

/** The values of a key in a request; none at all are as good as no key. */
export function valuesOf(context: RequestContext, key: string): readonly string[] | undefined {
  const values = context[key];
  return values === undefined || values.length === 0 ? undefined : values;
}

/** Whether a statement that names the action is about the resource, and its conditions are met. */
export function appliesTo(compiled: CompiledStatement, resource: string, context: RequestContext): boolean {
  if (!compiled.namesResource(resource, context)) return false;
  for (const { key, isMet } of compiled.conditions) if (!isMet(valuesOf(context, key), context)) return false;
  return true;
}
