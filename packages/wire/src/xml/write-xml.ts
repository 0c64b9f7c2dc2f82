/** Undefined leaves the element out, an array repeats it; `@` holds an element's attributes as written. */
export type XmlContent = string | number | boolean | undefined | XmlFields | readonly (XmlFields | string)[];
export interface XmlFields {
  readonly [element: string]: XmlContent;
}

export interface XmlForm {
  /** Of the root element; absent: none. */
  readonly namespace?: string | undefined;
  /** Whether the document begins with `<?xml …?>`. */
  readonly isDeclared: boolean;
  /**
   * What becomes of control characters, for most of which XML 1.0 has no place: `referenced` writes them as references, as S3 does, a
   * carriage return too (left bare it would be read as a line feed); `replaced` writes U+FFFD.
   */
  readonly controls: "referenced" | "replaced";
}

/** A whole document with `root` around the fields, in their order. Nothing is indented. */
export function writeXml(
  root: string,
  fields: XmlFields | string,
  { namespace, isDeclared, controls }: XmlForm,
): string {
  const declaration = isDeclared ? '<?xml version="1.0" encoding="UTF-8"?>\n' : "";
  const attributes = namespace === undefined ? "" : ` xmlns="${namespace}"`;
  const spell = controls === "referenced" ? referenceControls : replaceControls;
  return `${declaration}<${root}${attributes}>${writeContent(fields, spell)}</${root}>`;
}

type Spell = (text: string) => string;

function writeContent(content: XmlFields | string | number | boolean, spell: Spell): string {
  if (typeof content !== "object") return spell(String(content));
  let xml = "";
  for (const [name, value] of Object.entries(content)) {
    if (value === undefined || name === "@") continue;
    for (const item of Array.isArray(value) ? value : [value]) xml += writeElement(name, item, spell);
  }
  return xml;
}

function writeElement(name: string, content: XmlFields | string | number | boolean, spell: Spell): string {
  const attributes = typeof content === "object" && content["@"] !== undefined ? ` ${String(content["@"])}` : "";
  return `<${name}${attributes}>${writeContent(content, spell)}</${name}>`;
}

const MARKUP: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function referenceControls(text: string): string {
  return text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to be escaped
    /[&<>"\u0000-\u0008\u000b-\u001f\u007f\ufffe\uffff]/g,
    (character) => MARKUP[character] ?? `&#x${character.charCodeAt(0).toString(16).toUpperCase()};`,
  );
}

function replaceControls(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[&<>"]/g, (character) => MARKUP[character]!)
    .replaceAll(/[^\t\n\r\u0020-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd");
}
