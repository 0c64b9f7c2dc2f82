import type { SettingsSchema } from "./settings-schema.ts";

/** One implementation of a port, as compose.ts lists it and sluice.yml names it. */
export interface Driver<Port extends string, Settings extends object, Dependencies, Instance> {
  readonly port: Port;
  /** What a binding calls it. */
  readonly name: string;
  /** What its bindings may set; absent: nothing. */
  readonly configSchema?: SettingsSchema<Settings>;
  create(settings: Settings, dependencies: Dependencies): Instance;
}

/** Of a driver that has nothing to set. */
export type NoSettings = Record<never, never>;
