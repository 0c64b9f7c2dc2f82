/**
 * Loaded into a `sluice server` process by `node --import`, before anything of the server: the process kills itself at the commit that
 * the {@link CommitFuse} names, at the very statement that commits, or the moment that the database has answered it.
 */
import { DatabaseSync } from "node:sqlite";
import { CommitFuse, FUSE_VARIABLE } from "./commit-fuse.fixture.ts";

const fuse = new CommitFuse(process.env[FUSE_VARIABLE] ?? "");

const { prepare } = DatabaseSync.prototype;
DatabaseSync.prototype.prepare = function (this: DatabaseSync, text: string) {
  const statement = prepare.call(this, text);
  if (text !== "COMMIT") return statement;
  const run = statement.run.bind(statement);
  statement.run = () => {
    const death = fuse.reach();
    if (death === "beforeCommit") fuse.die();
    const result = run();
    if (death === "afterCommit") fuse.die();
    return result;
  };
  return statement;
};

if (process.argv.includes("--database")) {
  const { default: pg } = await import("pg");
  const { prototype } = pg.Client;
  const query = prototype.query as (...parameters: unknown[]) => Promise<unknown>;
  const mortalQuery = async function (this: unknown, ...parameters: unknown[]) {
    if (!/^commit$/i.test(String(parameters[0]))) return query.apply(this, parameters);
    const death = fuse.reach();
    if (death === "beforeCommit") fuse.die();
    const result = await query.apply(this, parameters);
    if (death === "afterCommit") fuse.die();
    return result;
  };
  Object.assign(prototype, { query: mortalQuery });
}
