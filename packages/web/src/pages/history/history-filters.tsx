import type { GroupOverview } from "@sluice/wire/sluice/console-api.ts";
import { useOperation } from "../../api/use-operation.ts";
import { FilterSelect } from "../../design/filter-select.tsx";
import { Toolbar } from "../../design/toolbar.tsx";
import { ClearFilters } from "../../parts/clear-filters.tsx";
import { CREATORS } from "../../parts/creator-words.ts";
import { FilterText } from "../../parts/filter-text.tsx";
import { TimeRange } from "../../parts/time-range.tsx";
import type { SearchChange } from "../../shell/changed-search.ts";
import type { HistorySearch } from "./history-search.ts";
import { isFiltered } from "./search-input.ts";

const PLATFORMS = ["Server", "ECS", "Lambda"] as const;
const STATUSES = [
  { id: "Created", title: "Created" },
  { id: "Queued", title: "Queued" },
  { id: "InProgress", title: "In progress" },
  { id: "Baking", title: "Baking" },
  { id: "Ready", title: "Ready" },
  { id: "Succeeded", title: "Succeeded" },
  { id: "Failed", title: "Failed" },
  { id: "Stopped", title: "Stopped" },
];
const TYPING_MILLISECONDS = 250;

interface HistoryFiltersProps {
  readonly search: HistorySearch;
  readonly onChange: (change: SearchChange<HistorySearch>) => void;
}

/** By what the history is filtered; all of it is in the URL. */
export function HistoryFilters({ search, onChange }: HistoryFiltersProps) {
  const { data } = useOperation("Sluice", "GetOverview", {}, { live: { changed: ["applications", "groups"] } });
  const groups = data?.groups ?? [];
  const one = (value: string | undefined) => (value === undefined ? [] : [value]);
  const several = (ids: readonly string[]) => (ids.length === 0 ? undefined : [...ids]);
  const clear = () => onChange(Object.fromEntries(Object.keys(search).map((name) => [name, undefined])));
  return (
    <Toolbar label="Filter deployments" end={isFiltered(search) && <ClearFilters onClear={clear} />}>
      <FilterText
        label="Search in ids, descriptions, revisions and errors"
        placeholder="Id, description, revision, error"
        value={search.text}
        onChange={(text) => onChange({ text })}
        delayMilliseconds={TYPING_MILLISECONDS}
      />
      <FilterSelect
        label="Application"
        allowsSeveral={false}
        options={optionsOf(
          groups.map(({ applicationName }) => applicationName),
          search.application,
        )}
        value={one(search.application)}
        onChange={([application]) => onChange({ application, group: undefined })}
      />
      <FilterSelect
        label="Group"
        allowsSeveral={false}
        options={optionsOf(groupNames(groups, search.application), search.group)}
        value={one(search.group)}
        onChange={([group]) => onChange({ group })}
      />
      <FilterSelect
        label="Status"
        options={STATUSES}
        value={search.status ?? []}
        onChange={(ids) => onChange({ status: several(ids) })}
      />
      <FilterSelect
        label="Platform"
        allowsSeveral={false}
        options={PLATFORMS.map((id) => ({ id, title: id }))}
        value={one(search.platform)}
        onChange={([platform]) => onChange({ platform: PLATFORMS.find((each) => each === platform) })}
      />
      <FilterSelect
        label="Creator"
        options={[...CREATORS]}
        value={search.creator ?? []}
        onChange={(ids) => onChange({ creator: several(ids) })}
      />
      <TimeRange label="Created" search={search} onChange={onChange} />
      <FilterText
        label="Host, by its name or id"
        placeholder="Host"
        value={search.host}
        onChange={(host) => onChange({ host })}
        delayMilliseconds={TYPING_MILLISECONDS}
      />
    </Toolbar>
  );
}

function groupNames(groups: readonly GroupOverview[], application: string | undefined): readonly string[] {
  return groups
    .filter(({ applicationName }) => application === undefined || applicationName === application)
    .map(({ deploymentGroupName }) => deploymentGroupName)
    .filter((name) => name !== "");
}

/** What the URL asks for is among them, also when it is gone by now. */
function optionsOf(names: readonly string[], chosen: string | undefined) {
  const all = new Set(chosen === undefined ? names : [...names, chosen]);
  return [...all].toSorted((a, b) => a.localeCompare(b)).map((id) => ({ id, title: id }));
}
