import { QUERY_SERVICES } from "@sluice/wire/query/query-services.ts";
import { expect, it } from "vitest";
import { type WireServiceDependencies, wireServices } from "./wire-services.ts";

const services = wireServices({ operations: {} } as WireServiceDependencies);

it("has one row for each name that a signature may have for a service", () => {
  const rows = services.flatMap(({ protocol, signingNames }) => signingNames.map((name) => `${name}: ${protocol}`));
  expect(rows).toEqual([
    "codedeploy: json",
    "codedeploy-commands: json",
    "codedeploy-commands-secure: json",
    "sluice: json",
    "ecs: json",
    "sts: query",
    "iam: query",
    "elasticloadbalancing: query",
    "lambda: rest-json",
    "s3: s3",
  ]);
});

it("has every service whose faults are written by the query protocol", () => {
  const names = services.filter(({ protocol }) => protocol === "query").flatMap(({ signingNames }) => signingNames);
  expect(names).toEqual(QUERY_SERVICES.map(({ signingName }) => signingName));
});
