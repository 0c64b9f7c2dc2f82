// Exits 0 when node_modules holds what package-lock.json names. Compares what npm recorded at the end of its last install with
// the lockfile, by content: file times lie after a checkout. Plain JavaScript, because it runs before the pinned Node is there.
import { existsSync, readFileSync } from "node:fs";

function packagesOf(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")).packages : undefined;
}

const wanted = packagesOf("package-lock.json") ?? {};
const installed = packagesOf("node_modules/.package-lock.json");

function isSatisfied([path, entry]) {
  const found = installed?.[path];
  // Optional packages of other platforms are rightly absent.
  if (found === undefined) return path === "" || !path.includes("node_modules/") || entry.optional === true;
  return found.version === entry.version && found.integrity === entry.integrity && existsSync(path);
}

process.exitCode = installed !== undefined && Object.entries(wanted).every(isSatisfied) ? 0 : 1;
