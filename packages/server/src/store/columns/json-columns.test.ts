import type { HostStrategy } from "@sluice/engine/state.ts";
import { InvariantViolation } from "@sluice/model/invariant.ts";
import type { Json } from "@sluice/model/stored-json/stored-json.ts";
import { describe, expect, expectTypeOf, it } from "vitest";
import { createdHead, USUAL_REQUEST } from "../rows.fixture.ts";
import type { PlainJsonColumns } from "../schema.ts";
import {
  DEPLOYMENT_HEAD,
  DEPLOYMENT_REQUEST,
  DEPLOYMENT_REVISION,
  DEPLOYMENT_ROLLBACK,
  type DeploymentHead,
} from "./deployment-columns.ts";
import type { ShownMembers } from "./deployment-request.ts";
import { GROUP_SETTINGS } from "./group-columns.ts";
import { DESIRED_TRAFFIC, HOST_TAGS } from "./host-columns.ts";
import { TARGET_STATE } from "./target-columns.ts";

/** As somebody might have left it in the database. */
const stored = (value: unknown) => JSON.stringify(value) as unknown as Json<never>;

describe("a JSON column", () => {
  it("reads what it wrote", () => {
    const head = createdHead({ deploymentId: "d-1", createdAt: 5 });
    expect(DEPLOYMENT_HEAD.read({ deployment_id: "d-1", state_json: DEPLOYMENT_HEAD.write(head) })).toEqual(head);
    expect(DEPLOYMENT_ROLLBACK.read({ deployment_id: "d-1", rollback_json: null })).toBeNull();
  });

  it("fills in what an earlier version did not store", () => {
    const { fileExistsBehavior: _, ...earlier } = USUAL_REQUEST;
    expect(DEPLOYMENT_REQUEST.read({ deployment_id: "d-1", request_json: stored(earlier) })).toEqual(USUAL_REQUEST);
    expect(GROUP_SETTINGS.read({ deployment_group_id: "g", settings_json: stored({}) })).toEqual({
      deployToLateHosts: false,
      hookTimeoutSeconds: 3600,
      hookMustAnswer: false,
      failEarly: true,
    });
    const shift = { ...createdHead({ deploymentId: "d-1", createdAt: 5 }), strategy: { type: "ecs-blue-green" } };
    expect(DEPLOYMENT_HEAD.read({ deployment_id: "d-1", state_json: stored(shift) })).toMatchObject({
      strategy: { type: "ecs-blue-green", hookTimeoutMilliseconds: 3_600_000, hookMustAnswer: false, failsEarly: true },
    });
  });

  it("moves what holds for hosts to their strategy, where an earlier version had it beside it", () => {
    const head = createdHead({ deploymentId: "d-1", createdAt: 0, healthRule: { type: "HOST_COUNT", value: 2 } });
    const { healthRule, ignoreApplicationStopFailures, ...way } = head.strategy as HostStrategy;
    const older = JSON.stringify({ ...head, strategy: way, healthRule, ignoreApplicationStopFailures });
    const state_json = older as unknown as Json<DeploymentHead>;
    expect(DEPLOYMENT_HEAD.read({ deployment_id: "d-1", state_json })).toEqual(head);
  });

  it("is no text to the compiler, in any table", () => {
    expectTypeOf<PlainJsonColumns>().toEqualTypeOf<never>();
  });

  it("of a request has no member that GetDeployment does not show", () => {
    const members: ShownMembers<{ description: string; onlyHosts: string }> = {
      description: true,
      // @ts-expect-error: an intent, which no API shows
      onlyHosts: true,
    };
    expect(Object.keys(members)).toHaveLength(2);
  });

  it.each<[() => unknown, string]>([
    [
      () => DEPLOYMENT_HEAD.read({ deployment_id: "d-1", state_json: "half a secr" as unknown as Json<never> }),
      "deployments.state_json of d-1 is not JSON",
    ],
    [
      () => DEPLOYMENT_HEAD.read({ deployment_id: "d-1", state_json: stored([]) }),
      "deployments.state_json of d-1 cannot be read: it is not an object",
    ],
    [
      () => DEPLOYMENT_REQUEST.read({ deployment_id: "d-1", request_json: stored({}) }),
      "deployments.request_json of d-1 cannot be read: it has no deploymentConfigName",
    ],
    [
      () => DEPLOYMENT_REVISION.read({ deployment_id: "d-1", revision_json: stored({ revisionType: "Ftp" }) }),
      "deployments.revision_json of d-1 cannot be read: its revisionType Ftp is not known to this version",
    ],
    [
      () => DEPLOYMENT_REVISION.read({ deployment_id: "d-1", revision_json: stored({ revisionType: "S3" }) }),
      "deployments.revision_json of d-1 cannot be read: it has no s3Location",
    ],
    [
      () => TARGET_STATE.read({ deployment_id: "d-1", target_id: "i-1", state_json: stored([9, "i-1"]) }),
      "targets.state_json of d-1/i-1 cannot be read: target i-1 is stored in form 9, which this version of Sluice cannot read",
    ],
    [
      () => TARGET_STATE.read({ deployment_id: "d-1", target_id: "i-1", state_json: stored({ hostName: "web-1" }) }),
      "targets.state_json of d-1/i-1 cannot be read: it is no target",
    ],
    [
      () => HOST_TAGS.read({ host_id: "i-1", tags_json: stored([{ Key: "a", Value: "b" }, { Key: "c" }]) }),
      "hosts.tags_json of i-1 cannot be read: of number 2 in the list, it has no Value",
    ],
    [
      () => DESIRED_TRAFFIC.read({ host_id: "i-1", group_name: "web", desired_json: stored({ host: {}, wish: 1 }) }),
      "desired_traffic.desired_json of i-1/web cannot be read: its wish is not text",
    ],
  ])("refuses what it cannot read, and says where that is", (read, message) => {
    expect(read).toThrow(new InvariantViolation(message));
  });
});
