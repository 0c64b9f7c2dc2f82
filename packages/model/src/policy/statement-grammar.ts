import { excerpt } from "../excerpt.ts";
import { readConditions } from "./condition-grammar.ts";
import type { JsonNode } from "./json-node.ts";
import type { PolicyPatterns, PolicyStatement, PolicyVersion } from "./policy-document.ts";
import { memberPath, type PlacedText, type PolicyReader, readMembers, readText, readValues } from "./policy-reader.ts";
import { variableProblem } from "./policy-text.ts";

const MEMBERS = ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"] as const;
const OTHERS_GIVE_IT = "remove it; a policy of a user, role or session applies to whom it is attached to";
const ADVICE = { Principal: OTHERS_GIVE_IT, NotPrincipal: OTHERS_GIVE_IT };

const ACTION = /^[A-Za-z0-9.-]+:[A-Za-z0-9*?]+$/;
const ARN_START = /^arn:([^:]*):([^:]+)/;
const PARTITION = /^(?:\*|aws(?:-[a-z]+)*)$/;

export function readStatement(
  node: JsonNode,
  path: string,
  version: PolicyVersion,
  reader: PolicyReader,
): PolicyStatement {
  const members = readMembers(node, path, MEMBERS, reader, ADVICE);
  const condition = members.get("Condition");
  return {
    sid: readSid(members.get("Sid"), `${path}.Sid`, reader),
    effect: readEffect(members.get("Effect"), node, path, reader),
    actions: readPatterns(node, members, path, "Action", (value) => checkAction(value, reader), reader),
    resources: readPatterns(node, members, path, "Resource", (value) => checkResource(value, version, reader), reader),
    conditions: condition === undefined ? [] : readConditions(condition, `${path}.Condition`, version, reader),
  };
}

function readSid(node: JsonNode | undefined, path: string, reader: PolicyReader): string | undefined {
  if (node === undefined) return undefined;
  const sid = readText(node, path, reader);
  if (!/^[0-9A-Za-z]*$/.test(sid)) {
    reader.refuse(path, node.at, `is ${JSON.stringify(excerpt(sid))}: use letters and digits only`);
  }
  return sid === "" ? undefined : sid;
}

function readEffect(
  node: JsonNode | undefined,
  statement: JsonNode,
  path: string,
  reader: PolicyReader,
): PolicyStatement["effect"] {
  if (node === undefined) {
    return reader.refuse(path, statement.at, 'has no Effect: add "Effect": "Allow" or "Effect": "Deny"');
  }
  const effect = readText(node, `${path}.Effect`, reader);
  if (effect === "Allow" || effect === "Deny") return effect;
  return reader.refuse(`${path}.Effect`, node.at, `is ${JSON.stringify(excerpt(effect))}: write "Allow" or "Deny"`);
}

/** The member `name` or its opposite, of which a statement has exactly one. */
function readPatterns(
  statement: JsonNode,
  members: ReadonlyMap<string, JsonNode>,
  path: string,
  name: "Action" | "Resource",
  check: (value: PlacedText) => void,
  reader: PolicyReader,
): PolicyPatterns {
  const node = members.get(name);
  const notNode = members.get(`Not${name}`);
  if (node !== undefined && notNode !== undefined) {
    return reader.refuse(path, statement.at, `has both ${name} and Not${name}: keep one of them`);
  }
  const given = node ?? notNode;
  if (given === undefined) {
    const example = name === "Action" ? '"Action": "codedeploy:Get*"' : '"Resource": "*"';
    return reader.refuse(path, statement.at, `has neither ${name} nor Not${name}: add one, such as ${example}`);
  }
  const isNot = node === undefined;
  const values = readValues(given, memberPath(path, isNot ? `Not${name}` : name), ["text"], reader);
  for (const value of values) check(value);
  return { isNot, patterns: values.map(({ text }) => text) };
}

function checkAction({ text, path, at }: PlacedText, reader: PolicyReader): void {
  if (text === "*" || ACTION.test(text)) return;
  const shown = JSON.stringify(excerpt(text));
  const [service = "", name, ...rest] = text.split(":");
  if (name === undefined) {
    reader.refuse(
      path,
      at,
      `is ${shown}: write the service before it, such as codedeploy:${/^\w+$/.test(text) ? excerpt(text) : "Get*"}`,
    );
  }
  if (rest.length > 0) reader.refuse(path, at, `is ${shown}: an action has one colon, as in codedeploy:GetDeployment`);
  if (/[*?]/.test(service)) {
    reader.refuse(
      path,
      at,
      `is ${shown}: a service has no wildcards. Write * for every action, or a line for each service`,
    );
  }
  const rule = text.includes("${") ? "variables belong in Resource and Condition" : "use letters, digits, * and ?";
  reader.refuse(path, at, `is ${shown}: ${rule}, as in codedeploy:Get*`);
}

function checkResource({ text, path, at }: PlacedText, version: PolicyVersion, reader: PolicyReader): void {
  if (/^\*+$/.test(text)) return;
  const shown = JSON.stringify(excerpt(text));
  const [, partition, service] = ARN_START.exec(text) ?? [];
  if (partition === undefined || service === undefined) {
    reader.refuse(path, at, `is ${shown}: write "*" or an ARN, such as arn:aws:codedeploy:*:*:application:web`);
    return;
  }
  if (!PARTITION.test(partition)) reader.refuse(path, at, `is ${shown}: begin it with arn:aws:`);
  if (!/^[a-z0-9-]+$/.test(service)) {
    reader.refuse(
      path,
      at,
      `is ${shown}: name the service after arn:aws: in full, in small letters and without wildcards`,
    );
  }
  const problem = version === "2012-10-17" ? variableProblem(text) : undefined;
  if (problem !== undefined) reader.refuse(path, at, problem);
}
