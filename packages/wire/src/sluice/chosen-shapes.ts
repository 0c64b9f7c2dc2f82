import { boolean, integer, list, long, outputText, string, structure, timestamp } from "../shapes/shape.ts";
import { revision } from "./api-shapes.ts";
import { deploymentSummary } from "./deployment-summary-shape.ts";
import { hostSummary } from "./host-shapes.ts";

const hostRevision = structure(
  {
    applicationName: string,
    deploymentGroupName: string,
    deploymentId: string,
    revision,
    isHealthy: boolean,
    standing: string,
  },
  ["applicationName", "deploymentGroupName", "deploymentId", "isHealthy", "standing"],
);

const bundleObject = structure(
  { bucket: string, key: string, bytes: long, eTag: string, versionId: string, modifiedAt: timestamp },
  ["bucket", "key", "bytes", "eTag", "modifiedAt"],
);

const namedFunction = structure(
  {
    name: string,
    aliases: list(structure({ name: string, version: string }, ["name", "version"])),
    versions: list(string),
  },
  ["name", "aliases", "versions"],
);

/** Hosts, bundles, and what can be chosen; part of `CONSOLE_TABLE`. */
export const CHOSEN_TABLE = {
  GetHost: {
    input: structure({ host: string }, ["host"]),
    output: structure(
      {
        host: hostSummary,
        trouble: outputText,
        command: string,
        revisions: list(hostRevision),
        deployments: list(deploymentSummary),
      },
      ["host", "revisions", "deployments"],
    ),
  },
  ListBundles: {
    input: structure({ bucket: string, prefix: string, nextToken: string }),
    output: structure({ buckets: list(string), objects: list(bundleObject), nextToken: string }, [
      "buckets",
      "objects",
    ]),
  },
  CreateBundleUpload: {
    input: structure({ applicationName: string, fileName: string }, ["applicationName", "fileName"]),
    output: structure({ bucket: string, key: string, bundleType: string, url: string, expiresAt: timestamp }, [
      "bucket",
      "key",
      "bundleType",
      "url",
      "expiresAt",
    ]),
  },
  ListShiftResources: {
    input: structure({}),
    output: structure(
      {
        services: list(structure({ clusterName: string, serviceName: string }, ["clusterName", "serviceName"])),
        targetGroups: list(structure({ name: string, arn: string, targetType: string }, ["name", "arn", "targetType"])),
        listeners: list(
          structure({ arn: string, loadBalancerName: string, port: integer }, ["arn", "loadBalancerName", "port"]),
        ),
        taskDefinitions: list(string),
        functions: list(namedFunction),
        bindings: list(structure({ port: string, match: string, driver: string }, ["port", "match", "driver"])),
        cut: boolean,
      },
      ["services", "targetGroups", "listeners", "taskDefinitions", "functions", "bindings", "cut"],
    ),
  },
};
