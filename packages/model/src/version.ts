/**
 * The version of this program, the one place where it is read: `sluice --version`, the agent's version, `/metrics`, the database's
 * migrations and backups. A unit test holds package.json, the lockfile and CHANGELOG.md to it.
 */
export const SLUICE_VERSION = "0.2.0";
