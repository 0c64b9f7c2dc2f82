import { ReferenceYamlFault, START } from "./yaml-reader.ts";

const NOT_ALLOWED = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
/** As many bits of a first byte say how long a sequence is, by its length. */
const LEAD: readonly (readonly [mask: number, value: number])[] = [
  [0x80, 0x00],
  [0xe0, 0xc0],
  [0xf0, 0xe0],
  [0xf8, 0xf0],
];
const LEAST: readonly number[] = [0, 0x80, 0x800, 0x10000];

/** The text of a file. Throws what the reference says of bytes that are none, which it finds before it reads anything. */
export function referenceText(input: string | Uint8Array): string {
  return typeof input === "string" ? checked(input) : decode(input);
}

function checked(text: string): string {
  if (NOT_ALLOWED.test(text)) throw fault("control characters are not allowed");
  return text;
}

function decode(bytes: Uint8Array): string {
  const characters: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at] ?? 0;
    const width = LEAD.findIndex(([mask, value]) => (first & mask) === value) + 1;
    if (width === 0) throw fault("invalid leading UTF-8 octet");
    if (at + width > bytes.length) throw fault("incomplete UTF-8 octet sequence");
    let code = width === 1 ? first : first & (0xff >> (width + 1));
    for (let offset = 1; offset < width; offset++) {
      const byte = bytes[at + offset] ?? 0;
      if ((byte & 0xc0) !== 0x80) throw fault("invalid trailing UTF-8 octet");
      code = (code << 6) | (byte & 0x3f);
    }
    if (code < (LEAST[width - 1] ?? 0)) throw fault("invalid length of a UTF-8 sequence");
    if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) throw fault("invalid Unicode character");
    characters.push(checked(String.fromCodePoint(code)));
    at += width;
  }
  return characters.join("");
}

function fault(problem: string): ReferenceYamlFault {
  return new ReferenceYamlFault(problem, null, START);
}
