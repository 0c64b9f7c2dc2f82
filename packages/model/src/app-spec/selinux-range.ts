import { AppSpecError } from "./app-spec-error.ts";

const HIGHEST_CATEGORY = 1023;

/** Normalises `sN[-sN][:CATEGORIES]`: leading zeros go, categories are sorted, and neighbours become `cN.cN`. */
export function normaliseSelinuxRange(range: string): string {
  const [levels = "", categories] = splitOnce(range, ":");
  const [low = "", high = low] = splitOnce(levels, "-");
  const lowest = sensitivityNumber(low);
  const highest = sensitivityNumber(high);
  if (highest < lowest) {
    throw new AppSpecError(
      `The deployment failed because of a problem with the SELinux range specified (${range}) for the context parameter in the permissions section of the application specification file. ` +
        "Make corrections in the permissions section of the AppSpec file, and then try again.",
    );
  }
  const sensitivity = highest === lowest ? `s${lowest}` : `s${lowest}-s${highest}`;
  return categories === undefined ? sensitivity : `${sensitivity}:${categoryText(categoryNumbers(categories))}`;
}

/** One part, or two when the separator is there; none may be empty. */
function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  const parts = at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
  if (parts.includes("")) throw new AppSpecError(`invalid range part ${text}`);
  return parts;
}

function sensitivityNumber(sensitivity: string): bigint {
  if (!/^s[0-9]+$/.test(sensitivity)) throw new AppSpecError(`invalid sensitivity ${sensitivity}`);
  return BigInt(sensitivity.slice(1));
}

function categoryNumber(category: string): number {
  const number = /^c[0-9]+$/.test(category) ? Number(category.slice(1)) : Number.NaN;
  if (!(number <= HIGHEST_CATEGORY)) throw new AppSpecError(`invalid category ${category}`);
  return number;
}

/** In ascending order. Empty parts at the end are passed over, so `c1,` is `c1`. */
function categoryNumbers(text: string): readonly number[] {
  const named = new Set<number>();
  let isDuplicated = false;
  for (const part of text.replace(/,+$/, "").split(",")) {
    if (part === "" && /^,+$/.test(text)) break;
    const [first = "", last = first] = part.includes(".") ? splitOnce(part, ".") : [part];
    const low = categoryNumber(first);
    const high = categoryNumber(last);
    if (high < low) throw new AppSpecError(`invalid category range ${first}.${last}`);
    // Once there is a duplicate only an invalid part can still change the outcome, so nothing more is collected.
    for (let category = low; category <= high && !isDuplicated; category++) {
      isDuplicated = named.has(category);
      named.add(category);
    }
  }
  if (isDuplicated) throw new AppSpecError("duplicate categories");
  return [...named].sort((a, b) => a - b);
}

function categoryText(categories: readonly number[]): string {
  const runs: { low: number; high: number }[] = [];
  for (const category of categories) {
    const run = runs.at(-1);
    if (run?.high === category - 1) run.high = category;
    else runs.push({ low: category, high: category });
  }
  return runs.map(({ low, high }) => (low === high ? `c${low}` : `c${low}.c${high}`)).join(",");
}
