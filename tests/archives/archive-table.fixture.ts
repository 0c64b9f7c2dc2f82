/** Programs, and the Debian packages that have them. */
export const TOOLS = {
  tar: "tar",
  bsdtar: "libarchive-tools",
  zip: "zip",
  unzip: "unzip",
  python3: "python3",
} as const;
type Tool = keyof typeof TOOLS;

export interface Archive {
  /** Of its file, and of the test. */
  readonly name: string;
  readonly type: "tar" | "tgz" | "zip";
  /** Makes it as `$OUT`, in the directory of the trees; undefined where make-archives.py has made it. */
  readonly command: string | undefined;
  readonly tools: readonly Tool[];
  readonly needsRoot: boolean;
  /** Which program it is compared with, and the exit status of that one. */
  readonly peer: "tar" | "bsdtar" | "unzip";
  readonly peerStatus: number;
  readonly peerKnowsModes: boolean;
  /** The directory of what the peer unpacks that is the revision. */
  readonly root: string;
  /** What the refusal says; undefined for what is unpacked. */
  readonly refused: RegExp | undefined;
}

function archive(name: string, changes: Partial<Archive> & { readonly maker: Tool }): Archive {
  const type = name.endsWith(".zip") ? "zip" : name.endsWith(".tgz") ? "tgz" : "tar";
  const { maker, ...others } = changes;
  const peer = changes.peer ?? (type === "zip" ? "unzip" : "tar");
  return {
    name,
    type,
    command: undefined,
    tools: [...new Set<Tool>([maker, ...(changes.refused === undefined ? [peer] : [])])],
    needsRoot: false,
    peerStatus: 0,
    peerKnowsModes: true,
    root: ".",
    refused: undefined,
    ...others,
    peer,
  };
}

const NOT_UTF8 = /its name is not UTF-8\. Rename it|its name is not UTF-8\. Pack/;
const BY_TREE: Readonly<Record<string, RegExp>> = {
  latin1: /entry ".*caf\\xe[89]" is not allowed because its name is not UTF-8/,
  "latin1-link": /entry ".*link" is not allowed because it is a link whose target is not UTF-8/,
  "line-break": /entry ".*new\\nline" is not allowed because its name contains a line break/,
  fifo: /entry ".*pipe" is not allowed because it is a named pipe/,
  device: /entry ".*null" is not allowed because it is a character device/,
};
const ROOTS_TREES: ReadonlySet<string> = new Set(["owned", "device"]);

function ofTree(name: string, maker: Tool, tree: string, command: string): Archive {
  return archive(name, { maker, command, refused: BY_TREE[tree], needsRoot: ROOTS_TREES.has(tree) });
}

const GNU_TAR: readonly Archive[] = [
  ...["v7", "oldgnu", "gnu", "ustar", "posix"].flatMap((format) =>
    [
      "plain",
      "links",
      "hard",
      "latin1",
      "latin1-link",
      "line-break",
      "odd",
      "owned",
      ...(format === "v7" ? [] : ["fifo", "device"]),
      ...(["v7", "ustar"].includes(format) ? [] : ["long", "old"]),
    ].map((tree) => ofTree(`gnu-${format}-${tree}.tar`, "tar", tree, `tar --format=${format} -cf $OUT -C ${tree} .`)),
  ),
  ...["oldgnu", "gnu"].map((format) =>
    ofTree(`gnu-${format}-sparse.tgz`, "tar", "sparse", `tar --format=${format} -S -czf $OUT -C sparse .`),
  ),
  ...["0.0", "0.1", "1.0"].flatMap((version) => [
    ofTree(
      `gnu-posix-sparse-${version}.tgz`,
      "tar",
      "sparse",
      `tar --format=posix -S --sparse-version=${version} -czf $OUT -C sparse .`,
    ),
    ofTree(
      `gnu-posix-sparse-raw-${version}.tar`,
      "tar",
      "sparse",
      `tar --format=posix -S --hole-detection=raw --sparse-version=${version} -cf $OUT -C sparse .`,
    ),
  ]),
  ...Object.entries({
    "gnu-names": "tar -cf $OUT -C plain appspec.yml app empty",
    "gnu-label": "tar --format=gnu -V label -cf $OUT -C plain .",
    "gnu-label-posix": "tar --format=posix -V label -cf $OUT -C plain .",
    "gnu-incremental": "tar --format=gnu -g $OUT.list -cf $OUT -C plain .",
    "gnu-incremental-posix": "tar --format=posix -g $OUT.list -cf $OUT -C plain .",
    "gnu-blocking-1": "tar -b 1 -cf $OUT -C plain .",
    "gnu-blocking-256": "tar -b 256 -cf $OUT -C plain .",
    "gnu-global-header": "tar --format=posix --pax-option=comment=x,delete=ctime -cf $OUT -C plain .",
    "gnu-global-times": "tar --format=posix --pax-option=globexthdr.name=g,mtime=1500000000 -cf $OUT -C plain .",
    "gnu-pax-attributes": "tar --format=posix --pax-option=SCHILY.xattr.user.x:=y,VENDOR.x:=z -cf $OUT -C plain .",
    "gnu-xattrs": "tar --format=posix --xattrs --acls --selinux -cf $OUT -C plain .",
    "gnu-appended": "tar -cf $OUT -C plain . && tar -rf $OUT -C links . && tar -rf $OUT -C plain app",
    "gnu-concatenated": "tar -cf $OUT -C plain . && tar -cf $OUT.2 -C links . && tar -Af $OUT $OUT.2",
    "gnu-modes": "tar --mode=a+rwx,u+s -cf $OUT -C plain .",
    "gnu-owner-numbers": "tar --owner=:1234 --group=:4321 --numeric-owner -cf $OUT -C plain .",
    "gnu-owner-names": "tar --owner=daemon:99 --group=daemon:99 -cf $OUT -C plain .",
    "gnu-time-far": "tar --format=gnu --mtime=2300-01-01 -cf $OUT -C plain .",
    "gnu-time-far-posix": "tar --format=posix --mtime=2300-01-01 -cf $OUT -C plain .",
    "gnu-time-old": "tar --format=gnu --mtime=1910-01-01 -cf $OUT -C plain .",
    "gnu-dereferenced": "tar --hard-dereference -cf $OUT -C hard .",
    "gnu-no-recursion": "tar -cf $OUT -C plain --no-recursion appspec.yml app/run app/deep/1/2/3/4",
  }).map(([name, command]) => archive(`${name}.tar`, { maker: "tar", command })),
  archive("gnu-wrapped.tgz", { maker: "tar", command: "tar -czf $OUT -C wrapped shop", root: "shop" }),
  archive("gnu-wrapped-dots.tgz", { maker: "tar", command: "tar -czf $OUT -C wrapped ./shop", root: "shop" }),
  archive("gnu-absolute.tar", {
    maker: "tar",
    command: 'tar -P -cf $OUT "$PWD/plain"',
    refused: /its path is absolute\. Pack the bundle with relative paths/,
  }),
  archive("gnu-outside.tar", {
    maker: "tar",
    command: "cd links && tar -P -cf $OUT ../plain",
    refused: /its path leaves the archive through '\.\.'/,
  }),
  ...["gnu", "posix"].flatMap((format) => [
    archive(`gnu-volume-1-${format}.tar`, {
      maker: "tar",
      command: `tar --format=${format} -M -L 100 -cf $OUT -f $OUT.2 -f $OUT.3 -f $OUT.4 -f $OUT.5 -C plain .`,
      refused: /damaged or cut short|of an archive in several volumes/,
    }),
    archive(`gnu-volume-2-${format}.tar`, {
      maker: "tar",
      command: `tar --format=${format} -M -L 100 -cf $OUT.1 -f $OUT -f $OUT.3 -f $OUT.4 -f $OUT.5 -C plain .`,
      refused: /it is a part of a file, of an archive in several volumes/,
    }),
  ]),
];

const BSDTAR: readonly Archive[] = [
  ...["pax", "restricted", "ustar", "gnutar", "v7tar"].flatMap((format) =>
    [
      "plain",
      "links",
      "hard",
      "latin1",
      "owned",
      ...(format === "v7tar" ? [] : ["fifo"]),
      ...(["pax", "restricted", "gnutar"].includes(format) ? ["long", "sparse", "old"] : []),
    ].map((tree) =>
      ofTree(
        `bsd-${format}-${tree}.tar`,
        "bsdtar",
        tree,
        `bsdtar ${format === "restricted" ? "" : `--format=${format}`} -cf $OUT -C ${tree} .`,
      ),
    ),
  ),
  ofTree("bsd-pax-sparse.tgz", "bsdtar", "sparse", "bsdtar --format=pax -czf $OUT -C sparse ."),
  ofTree("bsd-pax-odd.tgz", "bsdtar", "odd", "bsdtar --format=pax -czf $OUT -C odd ."),
  ofTree(
    "bsd-pax-binary.tar",
    "bsdtar",
    "plain",
    "bsdtar --format=pax --options=hdrcharset=BINARY -cf $OUT -C plain .",
  ),
  ofTree(
    "bsd-pax-attributes.tar",
    "bsdtar",
    "plain",
    "bsdtar --format=pax --xattrs --acls --fflags -cf $OUT -C plain .",
  ),
  ofTree("bsd-plain.zip", "bsdtar", "plain", "bsdtar --format=zip -cf $OUT -C plain ."),
  ofTree("bsd-links.zip", "bsdtar", "links", "bsdtar --format=zip -cf $OUT -C links ."),
  archive("bsd-cpio.tar", {
    maker: "bsdtar",
    command: "bsdtar --format=cpio -cf $OUT -C plain .",
    refused: /is not an archive \(its first bytes are /,
  }),
  archive("bsd-7zip.tar", {
    maker: "bsdtar",
    command: "bsdtar --format=7zip -cf $OUT -C plain .",
    refused: /is a 7-Zip archive, which is not supported/,
  }),
];

const INFO_ZIP: readonly Archive[] = [
  ...Object.entries({
    "zip-plain": "cd plain && zip -qr $OUT .",
    "zip-links": "cd links && zip -qry $OUT .",
    "zip-links-followed": "cd hard && zip -qr $OUT .",
    "zip-stored": "cd plain && zip -qr0 $OUT .",
    "zip-best": "cd plain && zip -qr9 $OUT .",
    "zip-no-extra": "cd plain && zip -qrX $OUT .",
    "zip-no-directories": "cd plain && zip -qrD $OUT .",
    "zip-streamed": "cd plain && zip -qr - . | cat >$OUT",
    "zip-zip64": "cd plain && zip -qr -fz $OUT .",
    "zip-comment": "cd plain && printf 'a comment' | zip -qrz $OUT . 2>&1",
    "zip-long": "cd long && zip -qry $OUT .",
    "zip-junk-appended": "cd plain && zip -qr $OUT . && zip -q $OUT app/run && zip -qd $OUT .env",
    "zip-sparse": "cd sparse && zip -qr $OUT .",
    "zip-unicode-path": "cd plain && LC_ALL=C.UTF-8 zip -qr -UN=UTF8 $OUT .",
    "zip-unicode-escaped": "cd plain && zip -qr $OUT appspec.yml app",
  }).map(([name, command]) => archive(`${name}.zip`, { maker: "zip", command })),
  archive("zip-wrapped.zip", { maker: "zip", command: "cd wrapped && zip -qr $OUT shop", root: "shop" }),
  archive("zip-latin1.zip", { maker: "zip", command: "cd latin1 && LC_ALL=C zip -qr $OUT .", refused: NOT_UTF8 }),
  archive("zip-encrypted.zip", {
    maker: "zip",
    command: "cd plain && zip -qr -P secret $OUT .",
    refused: /it is encrypted\. Pack the bundle without a password/,
  }),
  archive("zip-bzip2.zip", {
    maker: "zip",
    command: "cd plain && zip -qr -Z bzip2 $OUT .",
    refused: /its compression method \(12\) is not supported/,
  }),
  archive("zip-split.zip", {
    maker: "zip",
    command: "cd plain && zip -qr0 -s 64k $OUT .",
    refused: /is not an archive|damaged or cut short/,
  }),
];

/** Names of make-archives.py that are unpacked as the peer does. */
const PYTHON_SAME = `
py-type-zero-byte.tar py-type-contiguous.tar py-v7-directory.tar py-size-base-256.tar py-checksum-signed.tar py-star-prefix.tar
py-ustar-prefix.tar py-gnu-no-prefix.tar py-dots.tar py-twice.tar py-link-then-file.tar py-file-then-link.tar py-hard-link-itself.tar
py-pax-path.tar py-pax-path-utf8.tar py-pax-path-binary.tar py-pax-linkpath.tar py-pax-size.tar py-pax-mtime.tar py-pax-mtime-negative.tar
py-pax-harmless.tar py-pax-owner.tar py-pax-last-wins.tar py-pax-global-mtime.tar py-pax-global-comment.tar py-gnu-long-name.tar
py-gnu-long-link.tar py-no-end.tar py-one-zero-block.tar py-garbage-after-end.tar py-second-archive-after-end.tar py-name-255.tar
py-sparse-file-name-alone.tar py-sparse-gnu.tar py-sparse-0.1-empty.tar
python-ustar-plain.tar python-ustar-links.tar python-ustar-hard.tar python-ustar-odd.tar python-gnu-plain.tar python-gnu-links.tar
python-gnu-hard.tar python-gnu-long.tar python-gnu-odd.tar python-pax-plain.tar python-pax-links.tar python-pax-hard.tar python-pax-long.tar
python-pax-odd.tar
gz-plain.tgz gz-stored.tgz gz-members.tgz gz-many-members.tgz gz-empty-member.tgz gz-name.tgz gz-extra-and-comment.tgz
py-utf8-unix.zip py-utf8-flag-unix.zip py-utf8-ntfs.zip py-utf8-mac.zip py-unicode-path.zip py-unicode-path-dos.zip py-unicode-path-ascii.zip
py-windows-slashes.zip py-backslash-unix.zip py-twice.zip py-case.zip py-links.zip py-dots.zip py-modes.zip py-deflated.zip py-comment.zip
python-deflated.zip python-stored.zip python-zip64.zip finder-files.zip
`
  .trim()
  .split(/\s+/);

const PYTHON: readonly Archive[] = [
  ...PYTHON_SAME.map((name) => archive(name, { maker: "python3" })),
  // tar reads Solaris's headers as files; libarchive reads them as what they are.
  archive("py-type-solaris-header.tar", { maker: "python3", peer: "bsdtar" }),
  // gzip warns of zeros behind its end, and tar ends with it.
  archive("gz-trailing-zeros.tgz", { maker: "python3" }),
  archive("gz-trailing-many-zeros.tgz", { maker: "python3" }),
  // unzip says with its exit status that it had something to say.
  archive("py-windows.zip", { maker: "python3", peerStatus: 1 }),
  archive("py-unicode-path-stale.zip", { maker: "python3" }),
  // unzip translates the names of DOS although the entry says that they are UTF-8.
  archive("py-utf8-flag-dos.zip", { maker: "python3", peer: "bsdtar", peerKnowsModes: false }),
  archive("py-utf8-dos.zip", { maker: "python3", peer: "bsdtar", peerKnowsModes: false }),
  archive("finder-folder.zip", { maker: "python3", root: "shop" }),
  archive("finder-folder-store.zip", { maker: "python3", root: "shop 2" }),
  archive("finder-folder-unicode.zip", { maker: "python3", root: "Läden" }),
  archive("github.zip", { maker: "python3", root: "shop-0123abc" }),
];

const PYTHON_REFUSED: Readonly<Record<string, RegExp>> = {
  "py-type-unknown.tar": /"a" is not allowed because it is of the unknown type "Z"/,
  "py-type-solaris-acl.tar": /it is an access list of Solaris/,
  "py-type-long-names.tar": /it is a list of long names of an old GNU tar/,
  "py-type-volume.tar": /it is a part of a file, of an archive in several volumes/,
  "py-type-fifo.tar": /it is a named pipe/,
  "py-type-character-device.tar": /it is a character device/,
  "py-type-block-device.tar": /it is a block device/,
  "py-size-negative.tar": /an entry's size cannot be read/,
  "py-size-no-number.tar": /a number in a header cannot be read/,
  "py-size-huge.tar": /an entry's size cannot be read/,
  "py-checksum-wrong.tar": /a header's checksum is wrong/,
  "py-dot-dot.tar": /its path contains '\.\.'/,
  "py-dot-dot-out.tar": /its path leaves the archive through '\.\.'/,
  "py-absolute.tar": /its path is absolute/,
  "py-below-link.tar": /its path passes through the symbolic link "l"/,
  "py-below-file.tar": /its path passes through the file "a"/,
  "py-file-over-directory.tar": /the bundle also has a directory of that name/,
  "py-empty-target.tar": /it is a symbolic link without a target/,
  "py-hard-link-forward.tar": /it is a hard link to "a", which is not a file earlier in the bundle/,
  "py-hard-link-out.tar": /it is a hard link to "\/etc\/passwd", outside the archive/,
  "py-hard-link-content.tar": /it is a hard link with content/,
  "py-link-content.tar": /it is a symbolic link with content/,
  "py-pax-path-latin1.tar": NOT_UTF8,
  "py-pax-path-binary-latin1.tar": NOT_UTF8,
  "py-pax-charset.tar": /its header is written in the character set "ISO-IR 8859 1 1998"/,
  "py-pax-mtime-none.tar": /its time of modification \("soon"\) is not a number/,
  "py-pax-length-wrong.tar": /a record of an extended header is not of the length that it says/,
  "py-pax-no-equals.tar": /a record of an extended header is not of the length that it says/,
  "py-pax-alone.tar": /it ends in the middle of an entry/,
  "py-pax-global-path.tar": /a header for the whole archive gives one path to every entry/,
  "py-pax-global-size.tar": /a header for the whole archive gives one size to every entry/,
  "py-pax-realsize.tar": /sparse file in a form that is not supported \(SCHILY\.realsize\)/,
  "py-pax-filetype.tar": /an attribute that is not supported \(SCHILY\.filetype\)/,
  "py-pax-holes.tar": /sparse file in a form that is not supported \(SUN\.holesdata\)/,
  "py-pax-volume.tar": /it is a part of a file, of an archive in several volumes/,
  "py-gnu-long-alone.tar": /it ends in the middle of an entry/,
  "py-zero-block-inside.tar": /it continues after a block of zeros, where tar ends/,
  "py-cut-in-content.tar": /it ends in the middle of an entry/,
  "py-cut-in-header.tar": /it ends in the middle of an entry/,
  "py-name-256.tar": /a name in its path is longer than 255 bytes/,
  "py-sparse-gnu-misfit.tar": /whose map does not fit its content/,
  "py-sparse-gnu-backwards.tar": /whose map does not fit its content/,
  "py-sparse-2.0.tar": /sparse file of version 2\.0, which is not supported/,
  "python-ustar-latin1.tar": NOT_UTF8,
  "python-gnu-latin1.tar": NOT_UTF8,
  "python-pax-latin1.tar": NOT_UTF8,
  "gz-trailing-garbage.tgz": /damaged or cut short \(gzip: /,
  "gz-cut.tgz": /damaged or cut short/,
  "gz-cut-trailer.tgz": /damaged or cut short/,
  "gz-cut-member.tgz": /damaged or cut short/,
  "gz-checksum.tgz": /damaged or cut short \(gzip: incorrect data check\)/,
  "gz-twice.tgz": /is gzip inside gzip\. Compress the tar only once/,
  "other-bzip2.tar": /is bzip2-compressed, which is not supported/,
  "other-xz.tar": /is xz-compressed, which is not supported/,
  "other-lzma.tar": /is not an archive/,
  "other-zstd.tar": /is zstd-compressed, which is not supported/,
  "py-latin1-unix.zip": NOT_UTF8,
  "py-latin1-two.zip": NOT_UTF8,
  "py-latin1-flag.zip": NOT_UTF8,
  "py-cp437-dos.zip": /"caf\\x82" is not allowed because its name is not UTF-8/,
  "py-windows-mixed.zip": /a backslash, which can be a character or a separator of directories/,
  "py-windows-ntfs.zip": /a backslash, which can be a character or a separator of directories/,
  "py-windows-vfat.zip": /a backslash, which can be a character or a separator of directories/,
  "py-windows-dot-dot.zip": /its path leaves the archive through '\.\.'/,
  "py-link-latin1.zip": /it is a link whose target is not UTF-8/,
  "py-link-empty.zip": /it is a symbolic link without a target/,
  "py-below-link.zip": /its path passes through the symbolic link "l"/,
  "py-below-file.zip": /its path passes through the file "a"/,
  "py-absolute.zip": /its path is absolute/,
  "py-dot-dot.zip": /its path contains '\.\.'/,
  "py-control.zip": /its name has a control character/,
  "py-directory-by-mode.zip": /a directory according to its attributes, but a file according to its name/,
  "py-fifo.zip": /it is a device, a pipe or a socket/,
  "py-deflate64.zip": /its compression method \(9\) is not supported/,
  "py-encrypted.zip": /it is encrypted/,
  "py-self-extracting.zip": /is a script/,
  "python-bzip2.zip": /its compression method \(12\) is not supported/,
  "python-lzma.zip": /its compression method \(14\) is not supported/,
  "zip-cut.zip": /damaged or cut short/,
  "zip-cut-early.zip": /damaged or cut short/,
  "zip-checksum.zip": /the checksum of entry "appspec\.yml" does not match/,
  "zip-empty.zip": /is an empty zip|has no files in it/,
};

export const ARCHIVES: readonly Archive[] = [
  ...GNU_TAR,
  ...BSDTAR,
  ...INFO_ZIP,
  ...PYTHON,
  ...Object.entries(PYTHON_REFUSED).map(([name, refused]) => archive(name, { maker: "python3", refused })),
];
