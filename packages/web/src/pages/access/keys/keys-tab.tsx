import type { AccessKeySummary } from "@sluice/wire/sluice/access-api.ts";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { ErrorNote } from "../../../design/error-note.tsx";
import { Card } from "../../../design/section.tsx";
import { SkeletonRows } from "../../../design/skeleton.tsx";
import { Switch } from "../../../design/switch.tsx";
import { Toolbar } from "../../../design/toolbar.tsx";
import { useAll } from "../../../forms/use-all.ts";
import { FilterText } from "../../../parts/filter-text.tsx";
import { ActionButton } from "../../../shell/access.tsx";
import { changedSearch } from "../../../shell/changed-search.ts";
import { CreateKeyDialog } from "./create-key-dialog.tsx";
import { type KeyAct, KeyActDialog } from "./key-acts.tsx";
import { KeyTable } from "./key-table.tsx";

interface Chosen {
  readonly act: KeyAct;
  readonly accessKey: AccessKeySummary;
}

/** The keys of people and pipelines, and of hosts where one wants to see them. */
export function KeysTab() {
  const [includesHosts, setIncludesHosts] = useState(false);
  const { data, error } = useAll(
    "Sluice",
    "ListAccessKeys",
    includesHosts ? { includeHosts: true } : {},
    ({ accessKeys }) => accessKeys,
    { live: { changed: ["keys"] } },
  );
  const { dialog, text } = useSearch({ from: "/inside/-/access" });
  const navigate = useNavigate({ from: "/-/access" });
  const change = (more: { dialog?: "create" | undefined; text?: string | undefined }) =>
    void navigate({ search: (before) => changedSearch(before, more), replace: true, resetScroll: false });
  const [chosen, setChosen] = useState<Chosen>();
  const found = data?.filter((key) => fits(key, text ?? ""));
  const create = (
    <ActionButton
      action="sluice:CreateAccessKey"
      variant="primary"
      icon="plus"
      onPress={() => change({ dialog: "create" })}
    >
      Create key
    </ActionButton>
  );
  return (
    <>
      <Toolbar label="Filter the keys" end={create}>
        <FilterText
          label="Search keys by id, user or description"
          placeholder="Id, user, description"
          value={text}
          onChange={(typed) => change({ text: typed })}
        />
        <Switch isSelected={includesHosts} onChange={setIncludesHosts}>
          Keys of hosts, too
        </Switch>
      </Toolbar>
      {error && <ErrorNote error={error} title="The keys could not be read." />}
      {!error && (
        <Card padded={false}>
          {found === undefined ? (
            <SkeletonRows />
          ) : (
            <KeyTable
              keys={found}
              isFiltered={text !== undefined}
              onAct={(act, accessKey) => setChosen({ act, accessKey })}
            />
          )}
        </Card>
      )}
      {dialog === "create" && <CreateKeyDialog onClose={() => change({ dialog: undefined })} />}
      {chosen && <KeyActDialog {...chosen} onClose={() => setChosen(undefined)} />}
    </>
  );
}

function fits({ accessKeyId, userName, hostName, description, role }: AccessKeySummary, text: string): boolean {
  const wanted = text.trim().toLowerCase();
  return [accessKeyId, userName, hostName, description, role].some((each) => each?.toLowerCase().includes(wanted));
}
