/** The 4 bytes of an IPv4 address, the 16 of an IPv6 address without a zone. Of other text nothing useful. */
export function addressBytes(address: string): Buffer<ArrayBuffer> {
  if (!address.includes(":")) return Buffer.from(address.split(".").map(Number));
  // A dotted tail becomes two groups, so that all are hexadecimal.
  const hexadecimal = address.replace(
    /(\d+)\.(\d+)\.(\d+)\.(\d+)$/,
    (_, a: string, b: string, c: string, d: string) =>
      `${((Number(a) << 8) | Number(b)).toString(16)}:${((Number(c) << 8) | Number(d)).toString(16)}`,
  );
  const [head = "", tail] = hexadecimal.split("::");
  const groups = (text: string) => (text === "" ? [] : text.split(":"));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const zeros = Array<string>(8 - before.length - after.length).fill("0");
  return Buffer.from([...before, ...zeros, ...after].map((group) => group.padStart(4, "0")).join(""), "hex");
}
