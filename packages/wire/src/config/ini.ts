/** The INI dialect of the AWS configuration files: a key without a value opens a block of indented `key = value` lines. */
export type IniSections = ReadonlyMap<string, IniSection>;
export type IniSection = ReadonlyMap<string, string | ReadonlyMap<string, string>>;

const SECTION = /^\[\s*([^\]]+?)\s*\]\s*(?:[#;].*)?$/;
const PAIR = /^([^=:\s][^=]*?)\s*=\s*(.*)$/;

/** Throws with the file's name and line where the text is not of this form. Repeated sections are merged, the last value wins. */
export function parseIni(text: string, fileName: string): IniSections {
  const sections = new Map<string, Map<string, string | Map<string, string>>>();
  let section: Map<string, string | Map<string, string>> | undefined;
  let block: Map<string, string> | undefined;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#") || trimmed.startsWith(";")) continue;
    const heading = SECTION.exec(trimmed);
    const pair = PAIR.exec(trimmed);
    const isIndented = /^\s/.test(line);
    if (heading !== null && !isIndented) {
      const name = heading[1]!.replaceAll(/\s+/g, " ");
      section = sections.get(name) ?? new Map();
      sections.set(name, section);
      block = undefined;
    } else if (pair !== null && section !== undefined && isIndented && block !== undefined) {
      block.set(pair[1]!, pair[2]!);
    } else if (pair !== null && section !== undefined) {
      block = pair[2] === "" ? new Map() : undefined;
      section.set(pair[1]!, block ?? pair[2]!);
    } else {
      throw new SyntaxError(`${fileName}, line ${index + 1}: expected [section] or key = value`);
    }
  }
  return sections;
}

/** A plain value, or undefined; a block is none. */
export function iniValue(section: IniSection | undefined, key: string): string | undefined {
  const value = section?.get(key);
  return typeof value === "string" ? value : undefined;
}

export function iniBlock(section: IniSection | undefined, key: string): ReadonlyMap<string, string> | undefined {
  const value = section?.get(key);
  return typeof value === "object" ? value : undefined;
}
