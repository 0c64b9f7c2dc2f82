import { boolean, integer, list, long, outputText, string, structure, timestamp } from "../shapes/shape.ts";
import { revision } from "./api-shapes.ts";
import { deploymentSummary } from "./deployment-summary-shape.ts";
import { deploymentConfigInfo, deploymentGroupInfo, groupSettings } from "./snapshot-shapes.ts";

const fileDifference = structure({ path: outputText, change: string, fromBytes: long, toBytes: long }, [
  "path",
  "change",
]);

const textDifference = structure(
  { name: string, lines: list(structure({ kind: string, text: outputText }, ["kind", "text"])) },
  ["name", "lines"],
);

const revisionDifference = structure(
  {
    trouble: outputText,
    isSame: boolean,
    fromBytes: long,
    toBytes: long,
    files: list(fileDifference),
    moreFiles: integer,
    texts: list(textDifference),
  },
  ["isSame", "files", "moreFiles", "texts"],
);

const settingDifference = structure({ path: string, from: outputText, to: outputText }, ["path"]);

/** Of `SLUICE_TABLE`. */
export const DIFFERENCE_SHAPES = {
  GetDeploymentSnapshot: {
    input: structure({ deploymentId: string }, ["deploymentId"]),
    output: structure({
      snapshot: structure(
        {
          deploymentId: string,
          takenAt: timestamp,
          deploymentGroup: deploymentGroupInfo,
          deploymentConfig: deploymentConfigInfo,
          settings: groupSettings,
        },
        ["deploymentId", "takenAt", "deploymentGroup", "settings"],
      ),
    }),
  },
  CompareRevisions: {
    input: structure({ applicationName: string, from: revision, to: revision }, ["applicationName", "from", "to"]),
    output: structure({ difference: revisionDifference }, ["difference"]),
  },
  CompareDeployments: {
    input: structure({ fromDeploymentId: string, toDeploymentId: string }, ["fromDeploymentId", "toDeploymentId"]),
    output: structure(
      {
        from: deploymentSummary,
        to: deploymentSummary,
        revision: revisionDifference,
        settings: list(settingDifference),
        settingsTrouble: outputText,
      },
      ["from", "to", "revision", "settings"],
    ),
  },
};
