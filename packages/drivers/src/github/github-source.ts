import { type RevisionSource, RevisionSourceFault, unsupportedRevision } from "@sluice/engine/ports/revision-source.ts";
import type { Driver, NoSettings } from "../driver.ts";

/** Repositories on GitHub. Hosts fetch them by themselves, with the token that the specification carries. */
export const githubSource: Driver<"revision-source", NoSettings, object, RevisionSource> = {
  port: "revision-source",
  name: "github",
  create: () => ({
    revisionTypes: ["GitHub"],
    locate: async (revision, _options, signal) => {
      signal.throwIfAborted();
      if (revision.revisionType !== "GitHub") throw unsupportedRevision("github", revision);
      return { by: "host" };
    },
    inspect: async (revision) => {
      if (revision.revisionType !== "GitHub") throw unsupportedRevision("github", revision);
      return { outcome: "unchecked", reason: "hosts download it from GitHub themselves" };
    },
    digest: async (revision) => {
      if (revision.revisionType !== "GitHub") throw unsupportedRevision("github", revision);
      return {
        unknown:
          "hosts fetch it from GitHub, which creates the archive for each download; the commit id identifies its content",
      };
    },
    read: async (revision) => {
      if (revision.revisionType !== "GitHub") throw unsupportedRevision("github", revision);
      throw new RevisionSourceFault("hosts download it from GitHub themselves");
    },
  }),
};
