import { type RevisionSource, RevisionSourceFault, unsupportedRevision } from "@sluice/engine/ports/revision-source.ts";
import { revisionKey } from "@sluice/model/revision-location.ts";
import type { Driver, NoSettings } from "../driver.ts";

export interface MemoryRevisionSourceDependencies {
  /** `revisionKey()` of an S3 revision to the URL of its bundle. */
  readonly urls: ReadonlyMap<string, string>;
}

/** Revisions in a map, for tests and simulations. */
export const memoryRevisionSource: Driver<
  "revision-source",
  NoSettings,
  MemoryRevisionSourceDependencies,
  RevisionSource
> = {
  port: "revision-source",
  name: "memory",
  create: (_settings, { urls }) => ({
    revisionTypes: ["S3"],
    locate: async (revision, _options, signal) => {
      signal.throwIfAborted();
      if (revision.revisionType !== "S3") throw unsupportedRevision("memory", revision);
      const url = urls.get(revisionKey(revision));
      if (url === undefined) throw new RevisionSourceFault(`there is no revision ${revisionKey(revision)} in memory`);
      return { by: "url", url, eTag: revision.s3Location.eTag };
    },
  }),
};
