import type { LogLine } from "@sluice/engine/ports/container-engine.ts";
import { readSecret, withoutSecrets } from "./secret-files.ts";

/** A shorter one would be found in every second line, and hide nothing that is not guessed. */
const SHORTEST_HIDDEN_CHARACTERS = 6;

/**
 * What containers wrote, without the secrets that the binding gives them: it is quoted in messages that more people read than may read a
 * secret. Of a secret of several lines each line is looked for.
 */
export async function hideSecrets(
  lines: readonly LogLine[],
  files: Readonly<Record<string, string>>,
): Promise<readonly LogLine[]> {
  const secrets =
    lines.length === 0 ? [] : await Promise.all(Object.keys(files).map((name) => readSecret(name, files)));
  const values = secrets
    .flatMap((secret) => (secret.outcome === "read" ? secret.value.split(/\r?\n/) : []))
    .filter((value) => value.length >= SHORTEST_HIDDEN_CHARACTERS)
    // One may be a part of another.
    .sort((one, other) => other.length - one.length);
  if (values.length === 0) return lines;
  return lines.map((line) => ({ ...line, text: withoutSecrets(line.text, values) }));
}
