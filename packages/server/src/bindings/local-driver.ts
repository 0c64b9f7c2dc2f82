import type { Binding } from "../config/binding.ts";
import { ConfigError } from "../config/sluice-yml.ts";
import type { BindableDriver } from "./bound-driver.ts";

/**
 * A driver that is a part of this server, as a list of one; empty when this server has no such part. It has one state, so all its bindings
 * have the same settings: throws a {@link ConfigError} that names the one which differs.
 */
export function localDriver<Instance>(
  port: string,
  name: string,
  create: ((settings: object) => Instance) | undefined,
  bindings: readonly Binding[],
): readonly BindableDriver<Instance>[] {
  if (!create) return [];
  const [first, ...others] = bindings.filter((binding) => binding.port === port && binding.driver === name);
  const other = others.find(({ settings }) => JSON.stringify(settings) !== JSON.stringify(first?.settings));
  if (first && other) {
    throw new ConfigError(
      `sluice.yml, the binding of ${JSON.stringify(other.match)} to the ${port}, has other settings for the driver "${name}" than ` +
        `that of ${JSON.stringify(first.match)}: this server has one, so give all its bindings the same settings`,
    );
  }
  return [{ name, create }];
}
