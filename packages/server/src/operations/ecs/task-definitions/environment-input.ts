import type { KeyValuePair, Secret } from "@aws-sdk/client-ecs";
import { excerpt } from "@sluice/model/excerpt.ts";
import { invalid } from "../checks/member-rules.ts";
import type { ContainerReading } from "./container-reading.ts";
import { clientFault } from "./definition-fault.ts";

interface Variable {
  readonly name: string;
  readonly value: string;
}

/** @param path `containerDefinitions[0].environment` */
export function readEnvironment(pairs: readonly KeyValuePair[], path: string): readonly Variable[] {
  const variables = pairs.map(({ name, value = "" }, index) => ({
    name: readName(name, `${path}[${index}].name`),
    value,
  }));
  const twice = repeated(variables.map(({ name }) => name));
  if (twice !== undefined) throw invalid(`${path} has ${excerpt(twice)} twice: give each variable once.`);
  return variables;
}

/** Secrets are known by the names that the binding gives them: a caller names none of its own files. */
export function readSecrets(
  secrets: readonly Secret[],
  environment: readonly Variable[],
  { path, secretNames }: ContainerReading,
): readonly { readonly name: string; readonly valueFrom: string }[] {
  const read = secrets.map(({ name, valueFrom = "" }, index) => {
    const place = `${path}.secrets[${index}]`;
    if (!secretNames.includes(valueFrom)) {
      const known = secretNames.length > 0 ? `it has ${secretNames.join(", ")}` : "it has none";
      throw invalid(
        `${place}.valueFrom ${excerpt(valueFrom)} is no secret of this server: ${known}. Add it under secrets to the settings of the binding with the driver docker: secrets: { ${nameFor(valueFrom)}: /etc/sluice/${nameFor(valueFrom)} }.`,
      );
    }
    return { name: readName(name, `${place}.name`), valueFrom };
  });
  const names = [...read, ...environment].map(({ name }) => name);
  const twice = repeated(names);
  if (twice !== undefined) {
    throw clientFault(
      `The secret name must be unique and not shared with any new or existing environment variables set on the container, such as '${excerpt(twice)}'.`,
    );
  }
  return read;
}

function readName(name: string | undefined, path: string): string {
  if (!name) throw invalid(`${path} must be specified.`);
  if (!name.includes("=")) return name;
  throw invalid(`${path} ${excerpt(name)} is not valid: a variable's name has no "=".`);
}

function repeated(names: readonly string[]): string | undefined {
  return names.find((name, index) => names.indexOf(name) !== index);
}

/** For the cure: what is no plain name (an ARN) is not repeated as one. */
function nameFor(valueFrom: string): string {
  return /^[A-Za-z0-9_-]{1,64}$/.test(valueFrom) ? valueFrom : "my-secret";
}
