import { isMap, isPair, isScalar, isSeq, type Pair, parseDocument } from "yaml";

/**
 * An AppSpec for ECS whose TaskDefinition is another one, and which stays as it was written otherwise.
 * @returns undefined where it has none that could be replaced: what else is wrong with it says whoever reads it
 */
export function withTaskDefinition(text: string, taskDefinition: string): string | undefined {
  const document = parseDocument(text, { uniqueKeys: false, logLevel: "silent" });
  const resources = memberOf(document.contents, "Resources")?.value;
  if (document.errors.length > 0 || !isSeq(resources)) return undefined;
  for (const item of resources.items) {
    const [resource] = isMap(item) ? item.items : [];
    const member = memberOf(memberOf(resource?.value, "Properties")?.value, "TaskDefinition");
    if (!member) continue;
    member.value = document.createNode(taskDefinition);
    return String(document);
  }
  return undefined;
}

/** Keys occur in any letter case. */
function memberOf(node: unknown, name: string): Pair | undefined {
  if (!isMap(node)) return undefined;
  return node.items.find(
    (pair) => isPair(pair) && isScalar(pair.key) && String(pair.key.value).toLowerCase() === name.toLowerCase(),
  );
}
