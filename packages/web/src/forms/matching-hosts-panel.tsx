import { Icon } from "../design/icon.tsx";
import { Link } from "../design/link.tsx";
import { Section } from "../design/section.tsx";
import { Skeleton } from "../design/skeleton.tsx";
import styles from "./matching-hosts.module.css";
import { type HostSelection, isDark, isEmptySelection, matchingHosts } from "./matching-hosts.ts";
import { useHosts } from "./use-hosts.ts";

const SHOWN_HOSTS = 12;

interface MatchingHostsPanelProps {
  readonly title: string;
  readonly selection: HostSelection;
}

/** Which hosts a selection means at this moment: how many, how many of them are dark, and the first by name. */
export function MatchingHostsPanel({ title, selection }: MatchingHostsPanelProps) {
  return (
    <Section title={title} padded>
      <MatchingHosts selection={selection} />
    </Section>
  );
}

/** The same without a frame. */
export function MatchingHosts({ selection }: { selection: HostSelection }) {
  const { hosts: all, isPending, error } = useHosts();
  const { hosts, dark } = matchingHosts(all, selection);
  const shown = [...dark, ...hosts.filter((host) => !isDark(host))].slice(0, SHOWN_HOSTS);
  return (
    <div className={styles.panel}>
      {isPending && !error && <Skeleton width="60%" />}
      {error && <p className={styles.dark}>The hosts could not be read: {error.message}</p>}
      {!isPending && !error && (
        <>
          <p role="status" className={styles.count}>
            <strong>{countWords(hosts.length, "host")}</strong> {hosts.length === 1 ? "matches" : "match"}
            {dark.length > 0 && (
              <span className={styles.dark}>
                {" "}
                · {dark.length} {dark.length === 1 ? "is" : "are"} dark
              </span>
            )}
          </p>
          {hosts.length === 0 && (
            <p className={styles.about}>
              {isEmptySelection(selection)
                ? all.length === 0
                  ? "No host has joined yet. The group can be made now; hosts that join with its tags belong to it."
                  : "Give tags that the hosts have. A group without any selects no host."
                : "No host has these tags now. Check the spelling; upper and lower case differ."}
            </p>
          )}
          <ul className={styles.hosts}>
            {shown.map((host) => (
              <li key={host.hostId}>
                <Link
                  to="/-/hosts/$host"
                  params={{ host: host.hostId }}
                  look="quiet"
                  className={styles.host}
                  target="_blank"
                >
                  <span className={isDark(host) ? styles.darkDot : styles.dot}>
                    {isDark(host) && <Icon name="warning" size={12} />}
                  </span>
                  {host.hostName}
                  {isDark(host) && <span className={styles.dark}>{host.state}</span>}
                </Link>
              </li>
            ))}
          </ul>
          {hosts.length > shown.length && <p className={styles.about}>and {hosts.length - shown.length} more</p>}
          {dark.length > 0 && (
            <p className={styles.about}>
              A dark host fails as soon as it is its turn. Look at it on the <Link to="/-/hosts">hosts page</Link>.
            </p>
          )}
        </>
      )}
    </div>
  );
}

function countWords(count: number, noun: string): string {
  return `${count.toLocaleString()} ${count === 1 ? noun : `${noun}s`}`;
}
