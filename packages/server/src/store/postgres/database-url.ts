import { WrongOptionError } from "@sluice/model/wrong-option.ts";

/** A PostgreSQL database as its URL names it, without the password. */
export interface DatabaseAddress {
  readonly host: string;
  readonly port: string;
  /** Absent: PostgreSQL takes the user's name. */
  readonly database: string | undefined;
  /** Absent: neither the URL nor the environment says. */
  readonly user: string | undefined;
  /** `HOST/DATABASE`: what follows the credentials in the URL. */
  readonly name: string;
}

/** What the URL of a database must be. Does not repeat the URL, since a password is in it. */
export class DatabaseUrlError extends WrongOptionError {
  override readonly name = "DatabaseUrlError";

  constructor() {
    super(
      "--database is not postgres://USER:PASSWORD@HOST:PORT/DATABASE; write # in the password as %23, and / ? @ % as %2F %3F %40 %25",
    );
  }
}

const DEFAULT_PORT = "5432";
const PROTOCOLS = ["postgres:", "postgresql:"];

/** @throws DatabaseUrlError */
export function databaseAddress(databaseUrl: string): DatabaseAddress {
  const url = URL.canParse(databaseUrl) ? new URL(databaseUrl) : undefined;
  // A character of the password that is not escaped ends the part that it is in: what comes after is somewhere else.
  const isWhole = url && url.hash === "" && ![url.pathname, url.search].some((part) => part.includes("@"));
  if (!isWhole || !PROTOCOLS.includes(url.protocol)) throw new DatabaseUrlError();
  const { searchParams } = url;
  decode(url.password);
  const database = decode(url.pathname.slice(1));
  const host = searchParams.get("host") ?? "";
  return {
    host: host || url.hostname || process.env.PGHOST || "localhost",
    port: searchParams.get("port") || url.port || process.env.PGPORT || DEFAULT_PORT,
    database: database || undefined,
    user: decode(url.username) || searchParams.get("user") || process.env.PGUSER || process.env.USER || undefined,
    name: `${url.host}${url.pathname}${host ? `?host=${host}` : ""}`,
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new DatabaseUrlError();
  }
}
