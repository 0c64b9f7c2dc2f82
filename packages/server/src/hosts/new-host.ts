import type { Tag } from "@sluice/model/tag-filter.ts";
import { HOST_TAGS } from "../store/columns/host-columns.ts";
import type { HostRow } from "../store/hosts.ts";

interface NewHost {
  readonly hostId: string;
  readonly hostName: string;
  readonly kind: HostRow["kind"];
  readonly hostIdentifier: string;
  readonly tags: readonly Tag[];
  readonly now: number;
}

/** The row of a host that is known and has not spoken yet; what else is known of it is the caller's to add. */
export function newHostRow({ hostId, hostName, kind, hostIdentifier, tags, now }: NewHost): HostRow {
  return {
    host_id: hostId,
    host_name: hostName,
    kind,
    agent: null,
    agent_version: null,
    tags_json: HOST_TAGS.write(tags),
    zone: null,
    address: null,
    host_identifier: hostIdentifier,
    iam_user_arn: null,
    iam_session_arn: null,
    instance_arn: null,
    declared_at: now,
    enrolled_at: null,
    last_seen_at: null,
    goodbye_at: null,
    retired_at: null,
    agent_platform: null,
    agent_upgrade_obstacle: null,
  };
}
