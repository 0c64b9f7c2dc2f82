import type { Driver } from "@sluice/drivers/driver.ts";
import { SettingsError } from "@sluice/drivers/settings-schema.ts";
import { PortRefusal } from "@sluice/engine/ports/port-refusal.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import type { Binding } from "../config/binding.ts";
import { ConfigError } from "../config/sluice-yml.ts";

/** A driver of a port, ready to be given its settings. */
export interface BindableDriver<Instance> {
  readonly name: string;
  create(settings: object): Instance;
}

/** A binding and the driver that it made. */
export interface BoundDriver<Instance> {
  readonly binding: Binding;
  readonly instance: Instance;
}

export function bindable<Settings extends object, Dependencies, Instance>(
  driver: Driver<string, Settings, Dependencies, Instance>,
  dependencies: Dependencies,
): BindableDriver<Instance> {
  // The settings were checked against the driver's schema when the file was read.
  return { name: driver.name, create: (settings) => driver.create(settings as Settings, dependencies) };
}

/**
 * The bindings of a port in their order, each with its driver. Bindings of the same driver and the same settings share one, so that a
 * balancer is spoken to from one place. Throws a {@link ConfigError} that names the binding whose driver or settings are wrong.
 */
export function bindDrivers<Instance>(
  port: string,
  bindings: readonly Binding[],
  drivers: readonly BindableDriver<Instance>[],
): readonly BoundDriver<Instance>[] {
  const shared = new Map<string, Instance>();
  return bindings
    .filter((binding) => binding.port === port)
    .map((binding) => {
      const key = JSON.stringify([binding.driver, binding.settings]);
      const instance = shared.get(key) ?? create(binding, drivers);
      shared.set(key, instance);
      return { binding, instance };
    });
}

/** The binding's driver was asked and threw: the same, with the name of the binding. `signal` ends a call without a word of ours. */
export function faultOfBinding(error: unknown, binding: Binding, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  const words = saidByBinding(reasonOf(error), binding);
  if (error instanceof PortRefusal) return new PortRefusal(error.code, words, { cause: error });
  return new Error(words, { cause: error });
}

export function saidByBinding(words: string, { match, port, driver }: Binding): string {
  return `the driver ${driver} (${port} of ${JSON.stringify(match)} in sluice.yml): ${words}`;
}

function create<Instance>(binding: Binding, drivers: readonly BindableDriver<Instance>[]): Instance {
  const named = `sluice.yml, the binding of ${JSON.stringify(binding.match)} to the ${binding.port}`;
  const driver = drivers.find(({ name }) => name === binding.driver);
  if (!driver) {
    const known = drivers.map(({ name }) => name).join(", ");
    throw new ConfigError(`${named} names the driver "${binding.driver}", which does not exist: use one of ${known}`);
  }
  try {
    return driver.create(binding.settings);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    throw new ConfigError(`${named} (driver ${binding.driver}): settings.${error.path} ${error.message}`, {
      cause: error,
    });
  }
}
