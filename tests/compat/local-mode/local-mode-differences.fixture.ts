/** A way in which `sluice local` and the reference's local mode differ, told in docs/reference/agent-differences.md under its id. */
export interface LocalDifference {
  readonly id: string;
  /** Lines of a comparison that it explains. */
  readonly explains: RegExp;
}

export const DIFFERENCES: readonly LocalDifference[] = [
  { id: "archive-access", explains: /^archive .*: (mode|owner): / },
  { id: "working-directory", explains: /^environment .* CWD: / },
  { id: "environment", explains: /^environment .* (JAVA_HOME|AWS_SECRET_ACCESS_KEY): / },
  { id: "checked-first", explains: /: ours \(nothing\), reference / },
  { id: "directory-links", explains: /^dest settings|^step 1: .*-(cleanup|install\.json \d+): / },
  { id: "through-links", explains: /^dest (conf\/site\.conf|mine): / },
  {
    id: "originals",
    explains:
      /^dest (conf|conf\/site\.conf|index\.html): |^step \d: [a-z-]+-(cleanup|install\.json \d+|replaced): |^step \d: first-replaced/,
  },
  { id: "open-outputs", explains: /^(log of d-1|step 1: status): / },
  { id: "runas", explains: / MAIL: |, reference \(nothing\)$|^log of d-1: |^step 1: status: ours 0, reference 1$/ },
  { id: "appspec-yaml", explains: /, reference \(nothing\)$|^step 1: status: ours 0, reference 1$/ },
];
