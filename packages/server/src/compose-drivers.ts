import { embeddedBucketSource } from "@sluice/drivers/embedded-bucket/embedded-bucket-source.ts";
import { enrolledFleet } from "@sluice/drivers/fleet/enrolled-fleet.ts";
import { githubSource } from "@sluice/drivers/github/github-source.ts";
import { type S3SourceSettings, s3Source } from "@sluice/drivers/s3/s3-source.ts";
import type { Fleet } from "@sluice/engine/ports/fleet.ts";
import type { RevisionSource } from "@sluice/engine/ports/revision-source.ts";
import { boundRevisionSource, type RevisionSourceDriver } from "./config/bound-revision-source.ts";
import { type ConfigurableDriver, EMPTY_CONFIG, loadSluiceYml, type SluiceConfig } from "./config/sluice-yml.ts";
import { hostDirectory } from "./hosts/host-directory.ts";
import type { AccessKey } from "./store/access-keys.ts";
import type { Store } from "./store/open-store.ts";

/** Every driver that a binding in sluice.yml can name. */
const DRIVERS: readonly ConfigurableDriver[] = [embeddedBucketSource, s3Source, githubSource];

export interface DriverParts {
  readonly store: Store;
  readonly config: SluiceConfig;
  /** Signs the URLs by which hosts fetch bundles from the embedded bucket. */
  readonly rootKey: AccessKey;
  readonly region: string;
  readonly now: () => number;
}

export interface Drivers {
  readonly fleet: Fleet;
  readonly revisions: RevisionSource;
}

/** `sluice.yml`, checked against the drivers that there are; nothing is bound without one. */
export async function loadConfig(path: string | undefined): Promise<SluiceConfig> {
  return path === undefined ? EMPTY_CONFIG : loadSluiceYml(path, DRIVERS);
}

/** Who serves which port: the bindings first, and what works on one machine by default. */
export function composeDrivers({ store, config, rootKey, region, now }: DriverParts): Drivers {
  const embedded = embeddedBucketSource.create({}, { now, region, serverKey: rootKey });
  const gitHub = githubSource.create({}, {});
  const drivers: readonly RevisionSourceDriver[] = [
    { name: embeddedBucketSource.name, create: () => embedded },
    // Its settings were checked against its schema when the file was read.
    { name: s3Source.name, create: (settings) => s3Source.create(settings as S3SourceSettings, { now }) },
    { name: githubSource.name, create: () => gitHub },
  ];
  return {
    fleet: enrolledFleet.create({}, { listHosts: hostDirectory(store) }),
    revisions: boundRevisionSource(config.bindings, drivers, { s3: embedded, gitHub }),
  };
}
