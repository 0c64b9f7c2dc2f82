import type { HostSummary } from "@sluice/wire/sluice/sluice-api.ts";
import { useMemo } from "react";
import { FilterSelect } from "../../design/filter-select.tsx";
import { statusLook } from "../../design/status.ts";
import { Toolbar } from "../../design/toolbar.tsx";
import { ClearFilters } from "../../parts/clear-filters.tsx";
import { FilterText } from "../../parts/filter-text.tsx";
import type { SearchChange } from "../../shell/changed-search.ts";
import { hostFacets } from "./host-filter.ts";
import type { HostsSearch } from "./hosts-search.ts";

interface HostFiltersProps {
  readonly hosts: readonly HostSummary[];
  /** How many of them are left. */
  readonly left: number;
  readonly search: HostsSearch;
  readonly onChange: (change: SearchChange<HostsSearch>) => void;
}

/** By what the list of hosts is filtered; all of it is in the URL. */
export function HostFilters({ hosts, left, search, onChange }: HostFiltersProps) {
  const { states, zones, tags } = useMemo(() => hostFacets(hosts), [hosts]);
  const { text, state, zone, tag } = search;
  const isFiltered = [text, state, zone, tag].some((each) => each !== undefined);
  const listed = (ids: readonly string[]) => (ids.length === 0 ? undefined : [...ids]);
  const clear = () => onChange({ text: undefined, state: undefined, zone: undefined, tag: undefined });
  return (
    <Toolbar label="Filter hosts" end={isFiltered && <ClearFilters left={left} all={hosts.length} onClear={clear} />}>
      <FilterText
        label="Filter by name, id, address or tag"
        placeholder="Name, id, address, tag"
        value={text}
        onChange={(value) => onChange({ text: value })}
      />
      <FilterSelect
        label="State"
        options={states.map((each) => ({ ...each, title: statusLook(each.id).label }))}
        value={state ?? []}
        onChange={(ids) => onChange({ state: listed(ids) })}
      />
      <FilterSelect
        label="Zone"
        options={zones}
        value={zone ?? []}
        onChange={(ids) => onChange({ zone: listed(ids) })}
      />
      <FilterSelect label="Tag" options={tags} value={tag ?? []} onChange={(ids) => onChange({ tag: listed(ids) })} />
    </Toolbar>
  );
}
