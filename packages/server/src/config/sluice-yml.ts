import { readFile } from "node:fs/promises";
import type { Driver } from "@sluice/drivers/driver.ts";
import { readSettings, SettingsError, type SettingsSchema } from "@sluice/drivers/settings-schema.ts";
import { whyUnreadable } from "@sluice/model/unreadable-file.ts";
import { isMap, isScalar, LineCounter, type Node, type ParsedNode, parseDocument } from "yaml";
import { parseAuthority } from "../http/authority.ts";
import type { ConfiguredName } from "../http/server-names.ts";
import { DEFAULT_RETENTION, type RetentionRule } from "../retention/retention-rule.ts";
import type { Binding } from "./binding.ts";
import { RETENTION_MEMBERS, readRetention } from "./read-retention.ts";

/** What sluice.yml says, checked in full. */
export interface SluiceConfig {
  readonly server: ServerSettings;
  readonly bindings: readonly Binding[];
  readonly retention: RetentionRule;
}

/** What concerns the server itself. */
export interface ServerSettings {
  /** By which callers reach it, besides where it listens and what its certificate says. */
  readonly names: readonly ConfiguredName[];
}

export const EMPTY_CONFIG: SluiceConfig = { server: { names: [] }, bindings: [], retention: DEFAULT_RETENTION };

/** Any driver, as far as reading a configuration has to know it. */
export type ConfigurableDriver = Pick<Driver<string, object, never, unknown>, "port" | "name"> & {
  readonly configSchema?: SettingsSchema<object>;
};

/** The file is wrong. The message says where (`bindings[1].settings.endpoint`, with its line), what and how to mend it. */
export class ConfigError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ConfigError";
  }
}

const TOP_MEMBERS = ["server", "bindings", "retention"];
const SERVER_MEMBERS = ["names"];
const BINDING_MEMBERS = ["match", "port", "driver", "settings"];

export async function loadSluiceYml(path: string, drivers: readonly ConfigurableDriver[]): Promise<SluiceConfig> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    throw new ConfigError(
      `--config ${path} ${whyUnreadable(error)}. Name a sluice.yml that exists and that this user may read, or leave --config out`,
      { cause: error },
    );
  }
  return parseSluiceYml(text, path, drivers);
}

export function parseSluiceYml(text: string, fileName: string, drivers: readonly ConfigurableDriver[]): SluiceConfig {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const [error] = document.errors;
  if (error) {
    const { line, col } = lineCounter.linePos(error.pos[0]);
    throw new ConfigError(`${fileName}, line ${line}, column ${col}: ${error.message}`, { cause: error });
  }
  const root = document.contents;
  if (root === null) return EMPTY_CONFIG;
  return new Reader(fileName, lineCounter, root).readConfig(document.toJS(), drivers);
}

type Path = readonly (string | number)[];
type Members = Readonly<Record<string, unknown>>;

class Reader {
  readonly #fileName: string;
  readonly #lineCounter: LineCounter;
  readonly #root: ParsedNode;

  constructor(fileName: string, lineCounter: LineCounter, root: ParsedNode) {
    this.#fileName = fileName;
    this.#lineCounter = lineCounter;
    this.#root = root;
  }

  readConfig(value: unknown, drivers: readonly ConfigurableDriver[]): SluiceConfig {
    const { bindings = [], server = {}, retention = {} } = this.#members(value, [], TOP_MEMBERS);
    if (!Array.isArray(bindings)) this.#fail(["bindings"], "is not a list: write each binding as an item (- match: …)");
    return {
      server: this.#readServer(server, ["server"]),
      bindings: bindings.map((binding: unknown, index) => this.#readBinding(binding, ["bindings", index], drivers)),
      retention: readRetention(this.#members(retention, ["retention"], RETENTION_MEMBERS), (member, problem) =>
        this.#fail(["retention", member], problem),
      ),
    };
  }

  #readServer(value: unknown, path: Path): ServerSettings {
    const { names = [] } = this.#members(value, path, SERVER_MEMBERS);
    if (!Array.isArray(names)) this.#fail([...path, "names"], "is not a list: write each name as an item (- NAME)");
    return {
      names: names.map((name: unknown, index) => {
        const configured = typeof name === "string" ? readServerName(name) : null;
        return (
          configured ??
          this.#fail(
            [...path, "names", index],
            `is ${JSON.stringify(name)}: give a host name or an address as callers write it, such as sluice.example.com, ` +
              "10.0.0.5:9450 or https://sluice.example.com, without a path",
          )
        );
      }),
    };
  }

  #readBinding(value: unknown, path: Path, drivers: readonly ConfigurableDriver[]): Binding {
    const members = this.#members(value, path, BINDING_MEMBERS);
    const match = this.#text(members, path, "match", "the name or ARN that the binding is for, with * for any text");
    const port = this.#text(members, path, "port", `one of ${listNames(drivers.map((driver) => driver.port))}`);
    const ofPort = drivers.filter((driver) => driver.port === port);
    if (ofPort.length === 0) {
      const known = listNames(drivers.map((driver) => driver.port));
      this.#fail([...path, "port"], `is "${port}", which is not a valid port: use one of ${known}`);
    }
    const known = listNames(ofPort.map((driver) => driver.name));
    const name = this.#text(members, path, "driver", `one of ${known}`);
    const driver = ofPort.find((candidate) => candidate.name === name);
    if (!driver) this.#fail([...path, "driver"], `is "${name}", which is not a driver of ${port}: use one of ${known}`);
    return { match, port, driver: name, settings: this.#readSettings(members.settings ?? {}, path, driver) };
  }

  #readSettings(value: unknown, path: Path, driver: ConfigurableDriver): object {
    const settingsPath = [...path, "settings"];
    const settings = this.#members(value, settingsPath);
    try {
      return readSettings(driver.configSchema, settings);
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      return this.#fail([...settingsPath, error.path], error.message);
    }
  }

  #members(value: unknown, path: Path, known?: readonly string[]): Members {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return this.#fail(path, "is not a mapping: write it as NAME: VALUE lines");
    }
    const unknown = known && Object.keys(value).find((name) => !known.includes(name));
    if (known && unknown !== undefined) this.#fail([...path, unknown], `is not known here: use ${known.join(", ")}`);
    return value as Members;
  }

  #text(members: Members, path: Path, name: string, meaning: string): string {
    const value = members[name];
    if (value === undefined || value === null) return this.#fail([...path, name], `is missing: give ${meaning}`);
    if (typeof value === "string" && value !== "") return value;
    return this.#fail([...path, name], `is ${JSON.stringify(value)}: give ${meaning}, as text`);
  }

  #fail(path: Path, problem: string): never {
    const { line } = this.#lineCounter.linePos(this.#offsetOf(path));
    throw new ConfigError(`${this.#fileName}, line ${line}: ${formatPath(path)} ${problem}`);
  }

  /** Where the path stands in the file, or the nearest part of it that does. */
  #offsetOf(path: Path): number {
    let node: Node | null = this.#root;
    let offset = this.#root.range[0];
    for (const step of path) {
      if (isMap(node)) {
        const pair = node.items.find(({ key }) => isScalar(key) && key.value === step);
        if (!pair) return offset;
        offset = (pair.key as Node).range?.[0] ?? offset;
        node = (pair.value ?? null) as Node | null;
      } else {
        const item = node as { items?: readonly Node[] } | null;
        node = item?.items?.[step as number] ?? null;
        offset = node?.range?.[0] ?? offset;
      }
    }
    return offset;
  }
}

/** `NAME`, `NAME:PORT` or `http(s)://NAME[:PORT]`, whose port is then its scheme's own. */
function readServerName(text: string): ConfiguredName | null {
  const [, scheme, rest = ""] = /^(?:(https?):\/\/)?(.*?)\/?$/i.exec(text.trim().toLowerCase()) ?? [];
  const authority = parseAuthority(rest);
  if (authority === null) return null;
  if (scheme !== "http" && scheme !== "https") return authority;
  return { name: authority.name, port: authority.port ?? (scheme === "https" ? 443 : 80), scheme };
}

function listNames(names: readonly string[]): string {
  return [...new Set(names)].join(", ");
}

function formatPath(path: Path): string {
  if (path.length === 0) return "the file";
  return path.map((step, index) => (typeof step === "number" ? `[${step}]` : index === 0 ? step : `.${step}`)).join("");
}
