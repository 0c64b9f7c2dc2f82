import { AppSpecError, atPlace } from "./app-spec-error.ts";
import { listOrNone, placeOfItem, strip } from "./yaml-field.ts";
import type { YamlPlaces } from "./yaml-places.ts";
import { isYamlMap, type YamlValue, yamlText } from "./yaml-value.ts";

/** `~`, `~/x` and `~user/x`: a shell's words for a home directory. */
const HOME = /^~([^/]*)(\/.*)?$/s;

/**
 * Refuses paths that begin with `~` in a section's entries. Nothing replaces it with a home directory: the reference agent's Install fails, and a directory
 * of that name below / is what nobody means.
 */
export function refuseHomes(section: YamlValue, name: string, key: string, places: YamlPlaces): void {
  for (const [index, entry] of listOrNone(section, name, `Write ${name} as a list`).entries()) {
    if (!isYamlMap(entry)) continue;
    const place = places.member(entry, key) ?? placeOfItem(section, index, places);
    atPlace(place, () => refuseHome(strip(yamlText(entry.get(key) ?? null)), `${name}[${index}].${key}`));
  }
}

function refuseHome(path: string, field: string): void {
  const found = HOME.exec(path);
  if (found === null) return;
  const [, user = "", rest = ""] = found;
  const whose = user === "" ? "/home/USER" : `/home/${user}`;
  throw new AppSpecError(
    `The deployment failed because the application specification file gives ${path} for ${field}, and ~ is not replaced with a home directory. ` +
      `Write the whole path, such as ${whose}${rest}, and then try again.`,
  );
}
