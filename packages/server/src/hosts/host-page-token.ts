import { CallerFault } from "@sluice/model/caller-fault.ts";

/** Hosts in one page of any listing. */
export const HOSTS_PAGE = 100;

/** The last host of a page: the next one begins after it, whatever was added or removed meanwhile. */
export interface HostPosition {
  readonly hostName: string;
  readonly hostId: string;
}

export function hostPageToken({ hostName, hostId }: HostPosition): string {
  return Buffer.from(JSON.stringify([hostName, hostId])).toString("base64url");
}

export function readHostPageToken(token: string | undefined): HostPosition | undefined {
  if (token === undefined) return undefined;
  try {
    const position: unknown = JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
    if (Array.isArray(position) && position.length === 2) {
      const [hostName, hostId]: unknown[] = position;
      if (typeof hostName === "string" && typeof hostId === "string") return { hostName, hostId };
    }
  } catch {
    // Falls through to the fault: what is not JSON is not a token of ours.
  }
  throw new CallerFault(
    "InvalidNextTokenException",
    "The nextToken is not one that this operation gave: pass it unchanged, or leave it out to start from the beginning.",
  );
}
