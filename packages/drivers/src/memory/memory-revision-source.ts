import { type RevisionSource, RevisionSourceFault, unsupportedRevision } from "@sluice/engine/ports/revision-source.ts";
import { revisionKey } from "@sluice/model/revision-location.ts";
import { sha256Hex } from "@sluice/wire/sigv4/canonical-request.ts";
import type { Driver, NoSettings } from "../driver.ts";

export interface MemoryRevisionSourceDependencies {
  /** `revisionKey()` of an S3 revision to the URL of its bundle. */
  readonly urls: ReadonlyMap<string, string>;
  /** `revisionKey()` of an S3 revision to its bytes; without them the bundle can only be located. */
  readonly bundles?: ReadonlyMap<string, Uint8Array>;
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
  create: (_settings, { urls, bundles = new Map() }) => ({
    revisionTypes: ["S3"],
    locate: async (revision, _options, signal) => {
      signal.throwIfAborted();
      if (revision.revisionType !== "S3") throw unsupportedRevision("memory", revision);
      const url = urls.get(revisionKey(revision));
      if (url === undefined) throw new RevisionSourceFault(`there is no revision ${revisionKey(revision)} in memory`);
      return { by: "url", url, eTag: revision.s3Location.eTag };
    },
    inspect: async (revision, signal) => {
      signal.throwIfAborted();
      if (revision.revisionType !== "S3") throw unsupportedRevision("memory", revision);
      const key = revisionKey(revision);
      const bundle = bundles.get(key);
      if (bundle) return { outcome: "found", sizeBytes: bundle.length, eTag: revision.s3Location.eTag };
      if (urls.has(key)) return { outcome: "unchecked", reason: "only its URL is known" };
      return { outcome: "missing", reason: `there is no revision ${key} in memory` };
    },
    digest: async (revision, signal) => {
      signal.throwIfAborted();
      if (revision.revisionType !== "S3") throw unsupportedRevision("memory", revision);
      const bundle = bundles.get(revisionKey(revision));
      return bundle ? { sha256: sha256Hex(bundle) } : { unknown: "only its URL is known" };
    },
    read: async (revision, maxBytes, signal) => {
      signal.throwIfAborted();
      if (revision.revisionType !== "S3") throw unsupportedRevision("memory", revision);
      const bundle = bundles.get(revisionKey(revision));
      if (!bundle) throw new RevisionSourceFault(`there are no bytes of revision ${revisionKey(revision)} in memory`);
      if (bundle.length > maxBytes)
        throw new RevisionSourceFault(`it has ${bundle.length} bytes, more than ${maxBytes}`);
      return bundle;
    },
  }),
};
