import { hostLabel } from "@sluice/model/host-label.ts";
import { visibleLine } from "@sluice/model/visible-text.ts";

/** Columns as wide as their widest cell; the last is left as it is. No trailing blanks. A cell is one line, whatever was written into it. */
export function formatTable(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [heading, ...rows].map((row) => row.map(visibleLine));
  const widths = heading.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** A value a line, each under its label; those without a value are left out. A value of several lines stays in its column. */
export function formatFields(fields: readonly (readonly [label: string, value: string | undefined])[]): string {
  const shown = fields.flatMap(([label, value]) => (value === undefined || value === "" ? [] : [{ label, value }]));
  const width = Math.max(0, ...shown.map(({ label }) => label.length));
  return shown
    .flatMap(({ label, value }) =>
      value.split("\n").map((line, index) => `${(index === 0 ? label : "").padEnd(width)}  ${visibleLine(line)}`),
    )
    .join("\n");
}

/** `Environment=prod Role=web` */
export function formatTags(
  tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[],
): string {
  return tags.map(({ Key = "", Value = "" }) => `${Key}=${Value}`).join(" ");
}

/** How the command line names a host: one line, whatever its name holds. */
export function visibleHost(name: string, id: string): string {
  return visibleLine(hostLabel(name, id));
}

export function countHosts(count: number): string {
  return count === 1 ? "1 host" : `${count} hosts`;
}

/** How long until something is, in one unit. */
export function formatUntil(milliseconds: number): string {
  return milliseconds <= 0 ? "now" : `in ${formatAge(milliseconds).replace(/ ago$/, "")}`;
}

/** How long ago something was, in one unit. */
export function formatAge(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}
