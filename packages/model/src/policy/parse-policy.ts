import { excerpt } from "../excerpt.ts";
import { visibleLine } from "../visible-text.ts";
import { JsonFault, type JsonNode, parseJsonNode } from "./json-node.ts";
import { POLICY_VERSIONS, type PolicyDocument, type PolicyStatement, type PolicyVersion } from "./policy-document.ts";
import { PolicyFault, type TextPlace } from "./policy-fault.ts";
import {
  CHARACTERS_BY_PLACE,
  MAX_POLICY_TEXT_CHARACTERS,
  type PolicyPlace,
  policyCharacters,
} from "./policy-limits.ts";
import { type PolicyReader, readMembers, readText } from "./policy-reader.ts";
import { readStatement } from "./statement-grammar.ts";

const MEMBERS = ["Version", "Id", "Statement"] as const;

/**
 * A policy of an identity or a session, checked. `place` says which of IAM's limits its size is held to; without it the widest. Throws
 * {@link PolicyFault}. `name` is for messages.
 */
export function parsePolicy(text: string, name: string, place: PolicyPlace = "role"): PolicyDocument {
  const reader = readerOf(text, name);
  checkSize(text, place, reader);
  const root = parseText(text, reader);
  const members = readMembers(root, "", MEMBERS, reader);
  const version = readVersion(members.get("Version"), reader);
  const id = members.get("Id");
  const statement = members.get("Statement");
  if (statement === undefined) {
    return reader.refuse("", root.at, 'has no Statement: add "Statement": [ … ] with at least one statement');
  }
  return {
    version,
    id: id && readText(id, "Id", reader),
    statements: readStatements(statement, version, reader),
  };
}

function readerOf(text: string, name: string): PolicyReader {
  const shown = visibleLine(excerpt(name));
  return {
    refuse: (path, at, problem) => {
      throw new PolicyFault(shown, path, problem, placeOf(text, at));
    },
  };
}

function checkSize(text: string, place: PolicyPlace, reader: PolicyReader): void {
  if (text.length > MAX_POLICY_TEXT_CHARACTERS) {
    reader.refuse("", 0, `has ${text.length} characters: at most ${MAX_POLICY_TEXT_CHARACTERS} are allowed`);
  }
  const most = CHARACTERS_BY_PLACE[place];
  const characters = policyCharacters(text, place);
  if (characters > most) {
    const counted = place === "session" ? "characters" : "characters without blanks";
    reader.refuse("", 0, `has ${characters} ${counted}: at most ${most} are allowed. Use wildcards, or two policies`);
  }
}

function parseText(text: string, reader: PolicyReader): JsonNode {
  try {
    return parseJsonNode(text);
  } catch (fault) {
    if (!(fault instanceof JsonFault)) throw fault;
    const { line, column } = placeOf(text, fault.at);
    return reader.refuse("", fault.at, `${fault.message} (line ${line}, column ${column})`);
  }
}

function readVersion(node: JsonNode | undefined, reader: PolicyReader): PolicyVersion {
  // IAM's rule for documents that do not say it.
  if (node === undefined) return "2008-10-17";
  const text = readText(node, "Version", reader);
  const version = POLICY_VERSIONS.find((one) => one === text);
  return (
    version ??
    reader.refuse(
      "Version",
      node.at,
      `is ${JSON.stringify(excerpt(text))}: write "2012-10-17". It is the version of the grammar, no date of the policy`,
    )
  );
}

function readStatements(node: JsonNode, version: PolicyVersion, reader: PolicyReader): readonly PolicyStatement[] {
  const nodes = node.kind === "list" ? node.items : [node];
  if (nodes.length === 0) return reader.refuse("Statement", node.at, "is an empty list: add at least one statement");
  const statements = nodes.map((one, index) => readStatement(one, `Statement[${index}]`, version, reader));
  const firstWith = new Map<string, number>();
  for (const [index, { sid }] of statements.entries()) {
    if (sid === undefined) continue;
    const first = firstWith.get(sid);
    if (first !== undefined) {
      const at = nodes[index]?.at ?? 0;
      reader.refuse(
        `Statement[${index}].Sid`,
        at,
        `is ${JSON.stringify(sid)}, as that of Statement[${first}]: give each statement its own, or none`,
      );
    }
    firstWith.set(sid, index);
  }
  return statements;
}

function placeOf(text: string, at: number): TextPlace {
  const lines = text.slice(0, at).split("\n");
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}
