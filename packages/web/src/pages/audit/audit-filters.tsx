import { IconButton } from "../../design/button.tsx";
import { FilterSelect } from "../../design/filter-select.tsx";
import { Toolbar } from "../../design/toolbar.tsx";
import { ClearFilters } from "../../parts/clear-filters.tsx";
import { FilterText } from "../../parts/filter-text.tsx";
import { TimeRange } from "../../parts/time-range.tsx";
import type { SearchChange } from "../../shell/changed-search.ts";
import { isFiltered } from "./audit-input.ts";
import { type AuditSearch, OUTCOMES } from "./audit-search.ts";
import { outcomeLook } from "./audit-words.ts";

const TYPING_MILLISECONDS = 400;

interface AuditFiltersProps {
  readonly search: AuditSearch;
  readonly onChange: (change: SearchChange<AuditSearch>) => void;
  /** No event tells that there are newer ones. */
  readonly onRefresh: () => void;
}

/** By what the audit is filtered; all of it is in the URL. Names are compared in full, as the API does. */
export function AuditFilters({ search, onChange, onRefresh }: AuditFiltersProps) {
  const clear = () => onChange(Object.fromEntries(Object.keys(search).map((name) => [name, undefined])));
  return (
    <Toolbar
      label="Filter the audit"
      end={
        <>
          {isFiltered(search) && <ClearFilters onClear={clear} />}
          <IconButton icon="refresh" label="Read again" onPress={onRefresh} />
        </>
      }
    >
      <FilterText
        label="Who, in full: a user, a host's id, an access key's id or an ARN"
        placeholder="User, key or ARN"
        value={search.caller}
        onChange={(caller) => onChange({ caller })}
        delayMilliseconds={TYPING_MILLISECONDS}
      />
      <FilterText
        label="Operation, in full"
        placeholder="CreateDeployment"
        value={search.operation}
        onChange={(operation) => onChange({ operation })}
        delayMilliseconds={TYPING_MILLISECONDS}
      />
      <FilterText
        label="What it was about, in full: an ARN, the name at its end, or an id"
        placeholder="Resource or id"
        value={search.resource}
        onChange={(resource) => onChange({ resource })}
        delayMilliseconds={TYPING_MILLISECONDS}
      />
      <FilterSelect
        label="Outcome"
        allowsSeveral={false}
        options={OUTCOMES.map((id) => ({ id, title: outcomeLook(id).label }))}
        value={search.outcome === undefined ? [] : [search.outcome]}
        onChange={([outcome]) => onChange({ outcome: OUTCOMES.find((each) => each === outcome) })}
      />
      <TimeRange label="Time" search={search} onChange={onChange} />
      <FilterText
        label="Address that the call came from, in full"
        placeholder="Address"
        value={search.address}
        onChange={(address) => onChange({ address })}
        delayMilliseconds={TYPING_MILLISECONDS}
      />
    </Toolbar>
  );
}
