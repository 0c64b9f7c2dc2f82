import { type Fleet, selectHosts } from "@sluice/engine/ports/fleet.ts";
import { presignUrl } from "@sluice/wire/sigv4/sign.ts";
import type { LocateBundle } from "./signing/specification-desk.ts";
import type { AccessKey } from "./store/access-keys.ts";
import { listLivingHosts, tagsOf } from "./store/hosts.ts";
import type { Store } from "./store/open-store.ts";

export interface DriverParts {
  readonly store: Store;
  readonly rootKey: AccessKey;
  readonly region: string;
}

export function composeDrivers({ store, rootKey, region }: DriverParts): { fleet: Fleet; locateBundle: LocateBundle } {
  return {
    fleet: {
      resolveTargets: async (selection) =>
        selectHosts(
          (await listLivingHosts(store.db)).map((row) => ({
            hostId: row.host_id,
            hostName: row.host_name,
            kind: row.kind,
            tags: tagsOf(row),
            zone: row.zone,
          })),
          selection,
        ),
    },
    locateBundle: async (revision, { publicEndpoint, expiresSeconds }) => {
      if (revision.revisionType !== "S3") return undefined;
      const { bucket, key } = revision.s3Location;
      const path = [bucket, ...key.split("/")].map(encodeURIComponent).join("/");
      return presignUrl({
        method: "GET",
        url: `${publicEndpoint}/${path}`,
        credentials: rootKey,
        region,
        service: "s3",
        expiresSeconds,
        now: new Date(),
      });
    },
  };
}
