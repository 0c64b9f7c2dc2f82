/**
 * Reads DER: definite lengths in their shortest form, one-byte tags. Just enough for a PKCS7 envelope. A general CMS library takes 70 ms
 * and 10 MB of the agent's memory to say the same; here whatever is read must still verify, byte for byte, under the pinned key.
 */
export interface DerElement {
  readonly tag: number;
  /** The contents, without tag and length. */
  readonly content: Buffer;
  /** Tag, length and contents. */
  readonly encoded: Buffer;
}

export const DER_TAG = {
  integer: 0x02,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  sequence: 0x30,
  set: 0x31,
  context0: 0xa0,
} as const;

export class MalformedDer extends Error {
  constructor(message: string) {
    super(message);
    this.name = "MalformedDer";
  }
}

const LONG_LENGTH = 0x80;
/** 16 MiB: far above any envelope, and safe in a 32-bit shift. */
const MAX_LENGTH_BYTES = 3;
const HIGH_TAG_NUMBER = 0x1f;

/** The elements that lie one after the other in `bytes`, which they must fill exactly. */
export function readDerSequence(bytes: Buffer): readonly DerElement[] {
  const elements: DerElement[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const element = readElement(bytes, offset);
    elements.push(element);
    offset += element.encoded.length;
  }
  return elements;
}

/** The single element that fills `bytes`. */
export function readDerElement(bytes: Buffer, tag: number): DerElement {
  const elements = readDerSequence(bytes);
  if (elements.length !== 1) throw new MalformedDer(`${elements.length} elements where one belongs`);
  return expectTag(elements[0], tag);
}

export function expectTag(element: DerElement | undefined, tag: number): DerElement {
  if (element === undefined) throw new MalformedDer("an element is missing");
  if (element.tag !== tag) throw new MalformedDer(`tag ${element.tag} where ${tag} belongs`);
  return element;
}

function readElement(bytes: Buffer, offset: number): DerElement {
  const tag = byteAt(bytes, offset);
  if ((tag & HIGH_TAG_NUMBER) === HIGH_TAG_NUMBER) throw new MalformedDer("a tag of more than one byte");
  const first = byteAt(bytes, offset + 1);
  let headerLength = 2;
  let length = first;
  if (first >= LONG_LENGTH) {
    const lengthBytes = first - LONG_LENGTH;
    if (lengthBytes === 0 || lengthBytes > MAX_LENGTH_BYTES) throw new MalformedDer("an indefinite or enormous length");
    length = 0;
    for (let index = 0; index < lengthBytes; index++) length = (length << 8) | byteAt(bytes, offset + 2 + index);
    headerLength += lengthBytes;
    const shortest = length < LONG_LENGTH ? 0 : length < 0x100 ? 1 : length < 0x10000 ? 2 : 3;
    if (lengthBytes !== shortest) throw new MalformedDer("a length that is not in its shortest form");
  }
  const end = offset + headerLength + length;
  if (end > bytes.length) throw new MalformedDer("an element reaches beyond its container");
  return { tag, content: bytes.subarray(offset + headerLength, end), encoded: bytes.subarray(offset, end) };
}

function byteAt(bytes: Buffer, offset: number): number {
  const byte = bytes[offset];
  if (byte === undefined) throw new MalformedDer("an element is cut off");
  return byte;
}
