import type { RefObject } from "react";
import { Button, IconButton } from "../../../design/button.tsx";
import { classNames } from "../../../design/class-names.ts";
import { Icon } from "../../../design/icon.tsx";
import { statusLook } from "../../../design/status.ts";
import type { DeploymentSearch } from "../deployment-search.ts";
import { PlainSelect } from "../plain-select.tsx";
import { SearchBox } from "../search-box.tsx";
import { MAX_MATCHES, type Matches } from "./log-search.ts";
import type { LogSelection } from "./log-shelf.ts";
import type { LogState } from "./log-source.ts";
import type { LogTopic } from "./log-topic.ts";
import styles from "./logs-tab.module.css";

interface LogToolbarProps {
  readonly topic: LogTopic;
  readonly selection: LogSelection;
  readonly search: DeploymentSearch;
  readonly phase: LogState["phase"];
  readonly lines: number;
  readonly matches: Matches;
  readonly matchAt: number;
  readonly isFollowing: boolean;
  readonly isWrapped: boolean;
  readonly inputRef: RefObject<HTMLInputElement | null>;
  readonly onChange: (change: {
    target?: string | undefined;
    event?: string | undefined;
    line?: undefined;
    find?: string | undefined;
    mode?: "interesting" | undefined;
    level?: "warning" | "error" | undefined;
  }) => void;
  readonly onStep: (by: 1 | -1) => void;
  readonly onFollow: (isFollowing: boolean) => void;
  readonly onWrap: (isWrapped: boolean) => void;
  readonly onDownload: () => void;
}

/** What is shown of which log. */
export function LogToolbar(props: LogToolbarProps) {
  const { topic, selection, search, phase, lines, matches, matchAt, isFollowing, isWrapped, inputRef } = props;
  const { onChange, onStep, onFollow, onWrap, onDownload } = props;
  const events = topic.eventsOf(selection.targetId);
  return (
    <div role="toolbar" aria-label="Output" className={styles.bar}>
      {topic.targets.length > 0 && (
        <PlainSelect
          label={topic.kind === "host" ? "Target" : "Whose output"}
          value={selection.targetId ?? ""}
          options={[
            ...(topic.kind === "host" ? [{ value: "", title: `All ${topic.targets.length} targets` }] : []),
            ...topic.targets.map(({ id, name, status }) => ({
              value: id,
              title: status === undefined ? name : `${name} (${statusLook(status).label.toLowerCase()})`,
            })),
          ]}
          onChange={(target) =>
            onChange({
              target: target === "" ? undefined : target,
              line: undefined,
              ...(topic.kind === "platform" && { event: undefined }),
            })
          }
        />
      )}
      {events.length > 0 && (
        <PlainSelect
          label="Lifecycle event"
          value={selection.event ?? ""}
          options={[{ value: "", title: "All events" }, ...events.map((name) => ({ value: name, title: name }))]}
          onChange={(event) => onChange({ event: event === "" ? undefined : event, line: undefined })}
        />
      )}
      <div className={styles.find}>
        <SearchBox
          inputRef={inputRef}
          label="Search the output"
          placeholder="Search  /"
          value={search.find ?? ""}
          onChange={(find) => onChange({ find: find === "" ? undefined : find })}
          onKeyDown={(event) => event.key === "Enter" && onStep(event.shiftKey ? -1 : 1)}
        />
        {search.find !== undefined && (
          <>
            <span role="status" className={styles.count}>
              {matchWords(matches, matchAt)}
            </span>
            <IconButton size="small" icon="chevron-up" label="Previous match" onPress={() => onStep(-1)} />
            <IconButton size="small" icon="chevron-down" label="Next match" onPress={() => onStep(1)} />
          </>
        )}
      </div>
      <PlainSelect
        label="Level"
        value={search.level ?? "all"}
        options={[
          { value: "all", title: "All levels" },
          { value: "warning", title: "Warnings and errors" },
          { value: "error", title: "Errors" },
        ]}
        onChange={(level) => onChange({ level: level === "warning" || level === "error" ? level : undefined })}
      />
      <Toggle
        isOn={search.mode === "interesting"}
        title="Errors, warnings and traces, with the lines around them"
        onToggle={(isOn) => onChange({ mode: isOn ? "interesting" : undefined })}
      >
        Interesting lines
      </Toggle>
      <Toggle isOn={isWrapped} title="Break long lines" onToggle={onWrap}>
        Wrap
      </Toggle>
      <div className={styles.right}>
        <span role="status" className={styles.lines}>
          {lines.toLocaleString("en")} {lines === 1 ? "line" : "lines"}
          {phase === "reading" ? ", reading" : ""}
        </span>
        {phase !== "ended" && (
          <Toggle isOn={isFollowing} title="Stay at the newest line" onToggle={onFollow}>
            <span className={classNames(styles.live, isFollowing && styles.isLive)} />
            {isFollowing ? "Following" : "Follow"}
          </Toggle>
        )}
        <Button size="small" icon="download" onPress={onDownload}>
          Download
        </Button>
      </div>
    </div>
  );
}

function Toggle(props: { isOn: boolean; title: string; onToggle: (isOn: boolean) => void; children: React.ReactNode }) {
  const { isOn, title, onToggle, children } = props;
  return (
    <button
      type="button"
      aria-pressed={isOn}
      title={title}
      className={classNames(styles.toggle, isOn && styles.on)}
      onClick={() => onToggle(!isOn)}
    >
      {isOn && children !== "Following" && <Icon name="check" size={12} />}
      {children}
    </button>
  );
}

function matchWords({ places }: Matches, at: number): string {
  if (places.length === 0) return "No match";
  return `${Math.min(at + 1, places.length)} of ${places.length}${places.length >= MAX_MATCHES ? "+" : ""}`;
}
