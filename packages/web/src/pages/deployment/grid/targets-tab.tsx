import { useDeferredValue, useMemo, useState } from "react";
import { Button } from "../../../design/button.tsx";
import { EmptyState } from "../../../design/empty-state.tsx";
import { ErrorNote } from "../../../design/error-note.tsx";
import { Card } from "../../../design/section.tsx";
import { SkeletonRows } from "../../../design/skeleton.tsx";
import { useObservable } from "../../../state/observable.ts";
import { useDeploymentSearch } from "../use-deployment-search.ts";
import { useIsPhone } from "../use-is-phone.ts";
import type { GridStore } from "./grid-store.ts";
import { filterRows, type GridGrouping, groupRows, itemsOf } from "./grid-view.ts";
import { TargetFilters } from "./target-filters.tsx";
import { TargetGrid } from "./target-grid.tsx";
import { TargetList } from "./target-list.tsx";

/** Beside more columns a zone has no room. */
const ZONE_COLUMNS = 10;
/** Of fewer rows the whole is seen at once, and heads of groups are in the way. */
const GROUPED_FROM = 8;

/** What has become of each target: a grid, and on a phone a list. */
export function TargetsTab({ store, isOver }: { store: GridStore; isOver: boolean }) {
  const { grid, isLoading, error } = useObservable(store.state);
  const [search, change] = useDeploymentSearch();
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const isPhone = useIsPhone();
  const text = useDeferredValue(search.text);
  const { state, zone, by } = search;
  const grouping: GridGrouping = by ?? (grid.rows.length < GROUPED_FROM ? "none" : "state");
  const rows = useMemo(() => filterRows(grid.rows, { text, state, zone }), [grid.rows, text, state, zone]);
  const items = useMemo(() => itemsOf(groupRows(rows, grouping), closed), [rows, grouping, closed]);

  if (error !== undefined && grid.rows.length === 0) {
    return (
      <ErrorNote
        error={error}
        title="The targets could not be read."
        actions={<Button onPress={store.load}>Try again</Button>}
      />
    );
  }
  if (isLoading && grid.rows.length === 0) {
    return (
      <Card padded={false}>
        <SkeletonRows rows={8} />
      </Card>
    );
  }
  if (grid.rows.length === 0) {
    return (
      <Card>
        <EmptyState icon="server" title={isOver ? "It touched no target" : "No targets yet"}>
          {isOver
            ? "The deployment ended before its targets were known. Its error, above, says why."
            : "They are looked for when the deployment begins. They come here by themselves."}
        </EmptyState>
      </Card>
    );
  }
  const open = (target: string, event: string | undefined) =>
    change({ tab: "logs", target, event, line: undefined, find: undefined }, true);
  const toggle = (key: string) =>
    setClosed((old) => (old.has(key) ? new Set([...old].filter((each) => each !== key)) : new Set(old).add(key)));
  return (
    <>
      {grid.rows.length > 1 && (
        <TargetFilters rows={grid.rows} shown={rows.length} search={search} grouping={grouping} onChange={change} />
      )}
      <Card padded={false}>
        {rows.length === 0 ? (
          <EmptyState
            icon="filter"
            title="No target fits"
            action={
              <Button onPress={() => change({ text: undefined, state: undefined, zone: undefined })}>
                Show all {grid.rows.length}
              </Button>
            }
          >
            Take out a word, the state or the zone.
          </EmptyState>
        ) : isPhone ? (
          <TargetList items={items} columns={grid.columns} onOpen={open} onToggleGroup={toggle} />
        ) : (
          <TargetGrid
            items={items}
            columns={grid.columns}
            showsZone={grouping !== "zone" && grid.columns.length <= ZONE_COLUMNS}
            onOpen={open}
            onToggleGroup={toggle}
          />
        )}
      </Card>
    </>
  );
}
