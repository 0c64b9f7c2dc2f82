import type { DeploymentSummary } from "@sluice/wire/sluice/console-api.ts";
import { type KeyboardEvent, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { Button } from "../../../design/button.tsx";
import { EmptyState } from "../../../design/empty-state.tsx";
import { ErrorNote } from "../../../design/error-note.tsx";
import { Card } from "../../../design/section.tsx";
import { SkeletonRows } from "../../../design/skeleton.tsx";
import { useObservable } from "../../../state/observable.ts";
import type { GridStore } from "../grid/grid-store.ts";
import { useDeploymentSearch } from "../use-deployment-search.ts";
import { saveLog } from "./download-log.ts";
import { lineSaying } from "./line-saying.ts";
import { placeOfLine } from "./log-line.ts";
import { firstFrom, neighbour } from "./log-search.ts";
import type { LogShelf, ShelvedLog } from "./log-shelf.ts";
import { LogToolbar } from "./log-toolbar.tsx";
import type { LogTopic } from "./log-topic.ts";
import { isFiltered, type LogChoice, logItems } from "./log-view.ts";
import { LogViewer } from "./log-viewer.tsx";
import styles from "./logs-tab.module.css";
import { FUNCTION_MARK } from "./platform-topic.ts";
import { useLogTopic } from "./use-log-topic.ts";
import { useMatches } from "./use-matches.ts";

interface LogsTabProps {
  readonly deployment: DeploymentSummary;
  readonly shelf: LogShelf;
  readonly store: GridStore;
  /** Another tab is shown: nothing is read for it anew. */
  readonly isShown: boolean;
}

/** What scripts print, as they print it. A tab that was never opened costs nothing; one that was keeps its log. */
export function LogsTab(props: LogsTabProps) {
  const [wasShown, setWasShown] = useState(props.isShown);
  if (props.isShown && !wasShown) setWasShown(true);
  return wasShown ? <ShownLogs {...props} /> : null;
}

function ShownLogs({ deployment, shelf, store, isShown }: LogsTabProps) {
  const [search] = useDeploymentSearch();
  const topic = useLogTopic(deployment, store);
  const { deploymentId } = deployment;
  const { target, event } = search;
  const last = useRef({ target, event });
  if (isShown) last.current = { target, event };
  // Whose output it is has to be known first.
  if (topic === undefined) return null;
  const selection = topic.selectionOf(last.current.target, last.current.event);
  const log = shelf.take(selection);
  return <OneLog key={`${selection.targetId} ${selection.event}`} {...{ deploymentId, log, topic, isShown }} />;
}

interface OneLogProps {
  readonly deploymentId: string;
  readonly log: ShelvedLog;
  readonly topic: LogTopic;
  readonly isShown: boolean;
}

function OneLog({ deploymentId, log, topic, isShown }: OneLogProps) {
  const { log: text, phase, error } = useObservable(log.source.state);
  const [search, change] = useDeploymentSearch();
  const [isWrapped, setIsWrapped] = useState(false);
  const [isFollowing, setIsFollowing] = useState(
    log.isFollowing && search.line === undefined && search.at === undefined,
  );
  const [matchAt, setMatchAt] = useState(0);
  const searchInput = useRef<HTMLInputElement>(null);
  const scrollTo = useRef<((index: number) => void) | null>(null);
  const { lines, revision } = text;

  const choice: LogChoice = { mode: search.mode ?? "raw", level: search.level ?? "all" };
  const { mode, level } = choice;
  const items = useMemo(() => logItems(lines, { mode, level }), [lines, mode, level]);
  const query = useDeferredValue(search.find ?? "");
  const matches = useMatches(items, query, `${mode} ${level} ${isFiltered(choice) ? lines.length : ""} ${revision}`);
  const linkedPlace = linkedPlaceOf();

  const follow = (next: boolean) => {
    log.isFollowing = next;
    setIsFollowing(next);
  };
  const step = (by: 1 | -1 | 0) => {
    const next = by === 0 ? firstFrom(matches, 0) : neighbour(matches, matchAt, by);
    setMatchAt(next);
    const place = matches.places[next];
    if (place === undefined) return;
    follow(false);
    scrollTo.current?.(place);
  };
  // A new search begins at its first match.
  const searched = useRef("");
  useEffect(() => {
    if (searched.current === matches.query || matches.places.length === 0) return;
    searched.current = matches.query;
    setMatchAt(0);
    follow(false);
    scrollTo.current?.(matches.places[0] ?? 0);
  });
  // A line that is known by its words: the last that says it, once all of it was read.
  useEffect(() => {
    if (search.at === undefined || !isShown || phase === "reading") return;
    const line = lineSaying(lines, search.at);
    change({ at: undefined, line: line?.number });
  });
  // The line that the address names, once it is there; a second press on its link goes there again.
  const linked = useRef("");
  useEffect(() => {
    const wanted = `${search.target} ${search.event} ${search.line} ${mode} ${level}`;
    if (linkedPlace === undefined || linked.current === wanted) return;
    linked.current = wanted;
    follow(false);
    scrollTo.current?.(items.indexOf(linkedPlace));
  });

  const onKeyDown = (event: KeyboardEvent) => {
    const isFind = event.key === "f" && (event.ctrlKey || event.metaKey) && !event.shiftKey;
    const isSlash = event.key === "/" && !(event.target instanceof HTMLInputElement);
    if (!isFind && !isSlash) return;
    // The browser's own search would find what is on the screen alone.
    event.preventDefault();
    searchInput.current?.focus();
    searchInput.current?.select();
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys are of the fields within
    <div onKeyDown={onKeyDown} hidden={!isShown}>
      <LogToolbar
        topic={topic}
        selection={log.selection}
        search={search}
        phase={phase}
        lines={lines.length}
        matches={matches}
        matchAt={matchAt}
        isFollowing={isFollowing}
        isWrapped={isWrapped}
        inputRef={searchInput}
        onChange={change}
        onStep={step}
        onFollow={follow}
        onWrap={setIsWrapped}
        onDownload={() => saveLog(deploymentId, log)}
      />
      {error !== undefined && (
        <div className={styles.note}>
          <ErrorNote
            error={error}
            title="The output could not be read on."
            actions={
              <Button size="small" onPress={log.readOn}>
                Try again
              </Button>
            }
          />
        </div>
      )}
      <Card padded={false}>
        {lines.length > 0 ? (
          <>
            {text.dropped > 0 && (
              <p className={styles.dropped}>
                {text.dropped.toLocaleString("en")} older lines are not shown. The download has them.
              </p>
            )}
            <LogViewer
              log={log}
              items={items}
              isWrapped={isWrapped}
              isFollowing={isFollowing && phase === "live"}
              onFollow={follow}
              linkedPlace={linkedPlace}
              query={query}
              matchIndex={matches.places[matchAt]}
              prefix={prefixOf()}
              onLink={({ targetId, event, line }) =>
                change({ target: targetId || undefined, event: event || undefined, line }, true)
              }
              onOpenGap={(place) => {
                const line = lines[place];
                change({ mode: undefined, level: undefined });
                if (line) requestAnimationFrame(() => scrollTo.current?.(place));
              }}
              scrollTo={scrollTo}
            />
          </>
        ) : phase === "reading" && error === undefined ? (
          <SkeletonRows rows={8} />
        ) : (
          <EmptyState icon="terminal" title={phase === "ended" ? "It printed nothing" : "No output yet"}>
            {topic.emptyWords(log.selection, phase === "ended")}
          </EmptyState>
        )}
      </Card>
    </div>
  );

  function linkedPlaceOf(): number | undefined {
    const { line, target, event } = search;
    if (line === undefined) return undefined;
    const place =
      target !== undefined && event !== undefined
        ? placeOfLine(lines, { targetId: target, lifecycleEvent: event, number: line })
        : lines.findIndex(({ number }) => number === line);
    return place < 0 ? undefined : place;
  }

  function prefixOf(): "none" | "event" | "host" | "both" {
    const { targetId, event } = log.selection;
    if (topic.kind === "platform") return targetId?.startsWith(FUNCTION_MARK) ? "none" : "host";
    if (targetId === undefined) return event === undefined ? "both" : "host";
    return event === undefined ? "event" : "none";
  }
}
