import type { Row } from "./database-snapshot.ts";

/** A row as a line of JSON; bytes, which JSON has not, as `{"$bytes": base64}`. */
export function rowToLine(row: Row): string {
  const plain = Object.fromEntries(
    Object.entries(row).map(([column, value]) => [
      column,
      value instanceof Uint8Array ? { $bytes: Buffer.from(value).toString("base64") } : value,
    ]),
  );
  return `${JSON.stringify(plain)}\n`;
}

/** A line of JSON, parsed, as a row. */
export function lineToRow(line: Row): Row {
  const restored = Object.entries(line).map(([column, value]) => {
    const isBytes = typeof value === "object" && value !== null && "$bytes" in value;
    return [column, isBytes ? Buffer.from(String(value.$bytes), "base64") : value];
  });
  return Object.fromEntries(restored);
}
