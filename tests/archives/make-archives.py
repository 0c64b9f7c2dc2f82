"""Writes archives that no common program writes, or only programs that are not at hand: make-archives.py DIRECTORY TREES"""
import bz2, gzip, io, lzma, os, struct, sys, tarfile, zipfile, zlib

out, trees = sys.argv[1], sys.argv[2]
APP_SPEC = b"version: 0.0\nos: linux\n"
TIME = 1_600_000_000


def save(name, data):
    with open(os.path.join(out, name), "wb") as file:
        file.write(data)


# --- tar, block by block ---------------------------------------------------------------------------------------------

def octal(value, length):
    return b"%0*o\0" % (length - 1, value)


def header(name, size=0, kind=b"0", link=b"", mode=0o644, magic=b"ustar\x0000", prefix=b"", rest=None, raw_size=None, mtime=TIME,
           signed=False, checksum=None):
    block = bytearray(512)

    def put(at, value):
        block[at:at + len(value)] = value

    put(0, name[:100])
    put(100, octal(mode, 8))
    put(108, octal(0, 8))
    put(116, octal(0, 8))
    put(124, raw_size if raw_size is not None else octal(size, 12))
    put(136, octal(mtime, 12))
    put(148, b" " * 8)
    put(156, kind)
    put(157, link[:100])
    put(257, magic)
    put(345, prefix)
    for at, value in (rest or {}).items():
        put(at, value)
    total = sum(byte - 256 if signed and byte > 127 else byte for byte in block) if checksum is None else checksum
    put(148, b"%06o\0 " % total)
    return bytes(block)


def entry(name, content=b"", **fields):
    return header(name, len(content), **fields) + content + b"\0" * (-len(content) % 512)


def pax(records, kind=b"x"):
    body = b""
    for key, value in records:
        rest = b" " + key + b"=" + value + b"\n"
        length = len(rest)
        while len(str(length)) + len(rest) != length:
            length = len(str(length)) + len(rest)
        body += str(length).encode() + rest
    return entry(b"PaxHeaders/x", body, kind=kind)


END = b"\0" * 1024
SPEC = entry(b"appspec.yml", APP_SPEC)


def tar(name, *parts, end=END):
    save(name, SPEC + b"".join(parts) + end)


FILE = entry(b"a", b"content")
tar("py-type-zero-byte.tar", entry(b"a", b"old", kind=b"\0"))
tar("py-type-contiguous.tar", entry(b"a", b"contiguous", kind=b"7"))
tar("py-v7-directory.tar", entry(b"d/", kind=b"\0", magic=b""), entry(b"d/a", b"x", magic=b""))
tar("py-type-unknown.tar", entry(b"a", b"x", kind=b"Z"))
tar("py-type-solaris-acl.tar", entry(b"a", b"x", kind=b"A"), FILE)
tar("py-type-long-names.tar", entry(b"a", b"x", kind=b"N"))
tar("py-type-solaris-header.tar", pax([(b"path", b"renamed")], kind=b"X"), FILE)
tar("py-type-volume.tar", entry(b"a", b"x", kind=b"M"))
tar("py-type-fifo.tar", entry(b"p", kind=b"6"))
tar("py-type-character-device.tar", entry(b"c", kind=b"3"))
tar("py-type-block-device.tar", entry(b"b", kind=b"4"))
tar("py-size-base-256.tar", entry(b"a", b"x" * 700, raw_size=b"\x80" + (700).to_bytes(11, "big")))
tar("py-size-negative.tar", entry(b"a", b"", raw_size=b"\xff" * 12))
tar("py-size-no-number.tar", entry(b"a", b"", raw_size=b"abcdefghijk\0"))
tar("py-size-huge.tar", entry(b"a", b"x", raw_size=b"\x80" + (1 << 70).to_bytes(11, "big")))
tar("py-checksum-signed.tar", entry(b"caf\xc3\xa9", b"x", signed=True))
tar("py-checksum-wrong.tar", entry(b"a", b"x", checksum=1))
tar("py-star-prefix.tar", entry(b"a", b"x", prefix=b"dir/sub", rest={476: b"00000000000\0", 488: b"00000000000\0", 508: b"tar\0"}))
tar("py-ustar-prefix.tar", entry(b"a", b"x", prefix=b"p" * 155))
tar("py-gnu-no-prefix.tar", entry(b"a", b"x", magic=b"ustar  \0", prefix=b"14000000000\0"))
tar("py-dot-dot.tar", entry(b"a/../b", b"x"))
tar("py-dot-dot-out.tar", entry(b"../b", b"x"))
tar("py-absolute.tar", entry(b"/tmp/sluice-archives-absolute", b"x"))
tar("py-dots.tar", entry(b"./", kind=b"5", mode=0o755), entry(b"./a/./b//c", b"x"))
tar("py-below-link.tar", entry(b"l", kind=b"2", link=b"/tmp"), entry(b"l/sluice-archives-below", b"x"))
tar("py-below-file.tar", FILE, entry(b"a/b", b"x"))
tar("py-file-over-directory.tar", entry(b"a/b", b"x"), FILE)
tar("py-twice.tar", entry(b"a", b"first"), entry(b"a", b"second, which counts"))
tar("py-link-then-file.tar", entry(b"target", b"kept"), entry(b"a", kind=b"2", link=b"target"), entry(b"a", b"file"))
tar("py-file-then-link.tar", FILE, entry(b"a", kind=b"2", link=b"target"))
tar("py-empty-target.tar", entry(b"l", kind=b"2"))
tar("py-hard-link-forward.tar", entry(b"h", kind=b"1", link=b"a"), FILE)
tar("py-hard-link-out.tar", entry(b"h", kind=b"1", link=b"/etc/passwd"))
tar("py-hard-link-itself.tar", FILE, entry(b"a", kind=b"1", link=b"a"))
tar("py-hard-link-content.tar", FILE, entry(b"h", b"x", kind=b"1", link=b"a"))
tar("py-link-content.tar", entry(b"l", b"x" * 600, kind=b"2", link=b"a"))
tar("py-pax-path.tar", pax([(b"path", b"long/" + b"n" * 200)]), FILE)
tar("py-pax-path-utf8.tar", pax([(b"path", "grün/é".encode())]), FILE)
tar("py-pax-path-latin1.tar", pax([(b"path", b"caf\xe9")]), FILE)
tar("py-pax-path-binary.tar", pax([(b"hdrcharset", b"BINARY"), (b"path", "é".encode())]), FILE)
tar("py-pax-path-binary-latin1.tar", pax([(b"hdrcharset", b"BINARY"), (b"path", b"caf\xe9")]), FILE)
tar("py-pax-charset.tar", pax([(b"hdrcharset", b"ISO-IR 8859 1 1998"), (b"path", b"caf\xe9")]), FILE)
tar("py-pax-linkpath.tar", pax([(b"linkpath", b"t/" * 100 + b"end")]), entry(b"l", kind=b"2", link=b"short"))
tar("py-pax-size.tar", pax([(b"size", b"700")]), header(b"a", 0) + b"x" * 700 + b"\0" * 324, FILE.replace(b"content", b"CONTENT"))
tar("py-pax-mtime.tar", pax([(b"mtime", b"1500000000.75")]), FILE)
tar("py-pax-mtime-negative.tar", pax([(b"mtime", b"-86400")]), FILE)
tar("py-pax-mtime-none.tar", pax([(b"mtime", b"soon")]), FILE)
tar("py-pax-harmless.tar", pax([(b"comment", b"a\nb=c"), (b"atime", b"1"), (b"ctime", b"2"), (b"charset", b"BINARY"), (b"SCHILY.dev", b"5"),
    (b"SCHILY.ino", b"6"), (b"SCHILY.nlink", b"1"), (b"SCHILY.fflags", b"nodump"), (b"LIBARCHIVE.creationtime", b"7"),
    (b"LIBARCHIVE.xattr.user.x", b"eA"), (b"SCHILY.xattr.user.x", b"\0\xff\n9 path=x"), (b"SCHILY.acl.access", b"user::rw-"),
    (b"RHT.security.selinux", b"x"), (b"MSWINDOWS.rawsd", b"x"), (b"VENDOR.key", b"x")]), FILE)
tar("py-pax-owner.tar", pax([(b"uid", b"1234"), (b"gid", b"4321"), (b"uname", b"nobody-here"), (b"gname", b"nobody-here")]), FILE)
tar("py-pax-last-wins.tar", pax([(b"path", b"one"), (b"path", b"two")]), FILE)
tar("py-pax-length-wrong.tar", entry(b"x", b"9 path=a\n\n", kind=b"x"), FILE)
tar("py-pax-no-equals.tar", entry(b"x", b"7 path\n", kind=b"x"), FILE)
tar("py-pax-alone.tar", pax([(b"path", b"x")]))
tar("py-pax-global-mtime.tar", pax([(b"mtime", b"1500000000")], kind=b"g"), FILE, pax([(b"mtime", b"1400000000")]), entry(b"b", b"x"))
tar("py-pax-global-comment.tar", pax([(b"comment", b"0" * 40)], kind=b"g"), FILE)
tar("py-pax-global-path.tar", pax([(b"path", b"x")], kind=b"g"), FILE)
tar("py-pax-global-size.tar", pax([(b"size", b"3")], kind=b"g"), FILE)
tar("py-pax-realsize.tar", pax([(b"SCHILY.realsize", b"100")]), FILE)
tar("py-pax-filetype.tar", pax([(b"SCHILY.filetype", b"sparse")]), FILE)
tar("py-pax-holes.tar", pax([(b"SUN.holesdata", b" 0 100")]), FILE)
tar("py-pax-volume.tar", pax([(b"GNU.volume.filename", b"a"), (b"GNU.volume.offset", b"512"), (b"GNU.volume.size", b"1024")]), FILE)
tar("py-gnu-long-name.tar", entry(b"././@LongLink", b"dir/" + b"n" * 250 + b"\0", kind=b"L", magic=b"ustar  \0"), FILE)
tar("py-gnu-long-link.tar", entry(b"././@LongLink", b"t/" * 100 + b"\0", kind=b"K", magic=b"ustar  \0"), entry(b"l", kind=b"2", link=b"x"))
tar("py-gnu-long-alone.tar", entry(b"././@LongLink", b"n" * 250 + b"\0", kind=b"L", magic=b"ustar  \0"))
tar("py-no-end.tar", FILE, end=b"")
tar("py-one-zero-block.tar", FILE, end=b"\0" * 512)
tar("py-zero-block-inside.tar", b"\0" * 512, FILE)
tar("py-garbage-after-end.tar", FILE, end=END + b"garbage" * 500)
tar("py-second-archive-after-end.tar", FILE, end=END + entry(b"second", b"x") + END)
tar("py-cut-in-content.tar", entry(b"a", b"x" * 5000)[:3000], end=b"")
tar("py-cut-in-header.tar", FILE[:200], end=b"")
tar("py-name-255.tar", pax([(b"path", b"n" * 255)]), FILE)
tar("py-name-256.tar", pax([(b"path", b"n" * 256)]), FILE)
tar("py-sparse-file-name-alone.tar", entry(b"GNUSparseFile.0/a", b"a file that is called so"))

GNU = b"ustar  \0"


def gnu_sparse(extents, real_size, content):
    block = {386 + 24 * i: octal(o, 12) + octal(n, 12) for i, (o, n) in enumerate(extents)}
    return entry(b"s", content, kind=b"S", magic=GNU, rest={**block, 483: octal(real_size, 12)})


tar("py-sparse-gnu.tar", gnu_sparse([(512, 5), (4096, 0)], 4096, b"hello"))
tar("py-sparse-gnu-misfit.tar", gnu_sparse([(512, 50), (4096, 0)], 4096, b"hello"))
tar("py-sparse-gnu-backwards.tar", gnu_sparse([(1024, 3), (512, 2)], 4096, b"hello"))
tar("py-sparse-0.1-empty.tar", pax([(b"GNU.sparse.size", b"4096"), (b"GNU.sparse.numblocks", b"1"), (b"GNU.sparse.map", b"4096,0")]), entry(b"s", b""))
tar("py-sparse-2.0.tar", pax([(b"GNU.sparse.major", b"2"), (b"GNU.sparse.minor", b"0"), (b"GNU.sparse.name", b"s")]), FILE)


# --- tars by tarfile ---------------------------------------------------------------------------------------------------

for label, kind in (("ustar", tarfile.USTAR_FORMAT), ("gnu", tarfile.GNU_FORMAT), ("pax", tarfile.PAX_FORMAT)):
    for tree in ("plain", "links", "hard", "long", "latin1", "odd"):
        if tree == "long" and label == "ustar":
            continue
        with tarfile.open(os.path.join(out, f"python-{label}-{tree}.tar"), "w", format=kind, errors="surrogateescape") as archive:
            archive.add(os.path.join(trees, tree), arcname=".")


# --- gzip --------------------------------------------------------------------------------------------------------------

plain = SPEC + FILE + entry(b"big", bytes(range(256)) * 2000) + END
half = len(plain) // 2 + 7
one = gzip.compress(plain, mtime=0)
save("gz-plain.tgz", one)
save("gz-stored.tgz", gzip.compress(plain, 0))
save("gz-members.tgz", gzip.compress(plain[:half]) + gzip.compress(plain[half:]))
save("gz-many-members.tgz", b"".join(gzip.compress(plain[at:at + 1000]) for at in range(0, len(plain), 1000)))
save("gz-empty-member.tgz", gzip.compress(b"") + one + gzip.compress(b""))
save("gz-trailing-zeros.tgz", one + b"\0" * 5000)
save("gz-trailing-many-zeros.tgz", one + b"\0" * 3_000_000)
save("gz-trailing-garbage.tgz", one + b"garbage")
save("gz-cut.tgz", one[:-30])
save("gz-cut-trailer.tgz", one[:-4])
save("gz-cut-member.tgz", gzip.compress(plain[:half]) + gzip.compress(plain[half:])[:-100])
save("gz-checksum.tgz", one[:-8] + b"\0\0\0\0" + one[-4:])
buffer = io.BytesIO()
with gzip.GzipFile("with a name.tar", "wb", fileobj=buffer) as file:
    file.write(plain)
save("gz-name.tgz", buffer.getvalue())
save("gz-extra-and-comment.tgz", b"\x1f\x8b\x08\x14\0\0\0\0\0\x03\x04\0abcdcomment\0" + one[10:])
save("gz-twice.tgz", gzip.compress(one))
save("other-bzip2.tar", bz2.compress(plain))
save("other-xz.tar", lzma.compress(plain))
save("other-lzma.tar", lzma.compress(plain, format=lzma.FORMAT_ALONE))
save("other-zstd.tar", b"\x28\xb5\x2f\xfd" + plain)


# --- zip, record by record ---------------------------------------------------------------------------------------------

UNIX, DOS, NTFS, MAC, VFAT = 3, 0, 10, 19, 14
REGULAR, LINK, DIRECTORY = 0o100644 << 16, 0o120777 << 16, 0o040755 << 16
UTF8 = 0x800


def unicode_path(raw, name, valid=True):
    value = struct.pack("<BI", 1, zlib.crc32(raw) ^ (0 if valid else 1)) + name.encode()
    return struct.pack("<HH", 0x7075, len(value)) + value


def zip_of(file_name, *entries, start=b"", comment=b"", top=((b"appspec.yml", APP_SPEC),)):
    body, directory, count = start, b"", 0
    for fields in (*top, *entries):
        name, content, host, attributes, flags, extra, method = (*fields, *(UNIX, REGULAR, 0, b"", 0)[len(fields) - 2:])
        packed = zlib.compressobj(9, zlib.DEFLATED, -15) if method == 8 else None
        data = packed.compress(content) + packed.flush() if packed else content
        sums = struct.pack("<III", zlib.crc32(content), len(data), len(content))
        offset = len(body)
        body += struct.pack("<IHHHHH", 0x04034B50, 20, flags, method, 0x6000, 0x5A21) + sums
        body += struct.pack("<HH", len(name), len(extra)) + name + extra + data
        directory += struct.pack("<IHHHHHH", 0x02014B50, host << 8 | 20, 20, flags, method, 0x6000, 0x5A21) + sums
        directory += struct.pack("<HHHHHII", len(name), len(extra), 0, 0, 0, attributes, offset) + name + extra
        count += 1
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, len(directory), len(body), len(comment)) + comment
    save(file_name, body + directory + end)


UTF8_NAME, LATIN1_NAME, CP437_NAME = "café".encode(), b"caf\xe9", b"caf\x82"
zip_of("py-utf8-unix.zip", (UTF8_NAME, b"x"))
zip_of("py-utf8-flag-unix.zip", (UTF8_NAME, b"x", UNIX, REGULAR, UTF8))
zip_of("py-utf8-flag-dos.zip", (UTF8_NAME, b"x", DOS, 0, UTF8))
zip_of("py-utf8-dos.zip", (UTF8_NAME, b"x", DOS, 0))
zip_of("py-utf8-ntfs.zip", (UTF8_NAME, b"x", NTFS, 0))
zip_of("py-utf8-mac.zip", (UTF8_NAME, b"x", MAC))
zip_of("py-latin1-unix.zip", (LATIN1_NAME, b"x"))
zip_of("py-latin1-two.zip", (b"caf\xe9", b"1"), (b"caf\xe8", b"2"))
zip_of("py-latin1-flag.zip", (LATIN1_NAME, b"x", UNIX, REGULAR, UTF8))
zip_of("py-cp437-dos.zip", (CP437_NAME, b"x", DOS, 0))
zip_of("py-unicode-path.zip", (LATIN1_NAME, b"x", UNIX, REGULAR, 0, unicode_path(LATIN1_NAME, "naïve")))
zip_of("py-unicode-path-dos.zip", (CP437_NAME, b"x", DOS, 0, 0, unicode_path(CP437_NAME, "café")))
zip_of("py-unicode-path-ascii.zip", (b"cafe", b"x", UNIX, REGULAR, 0, unicode_path(b"cafe", "café")))
zip_of("py-unicode-path-stale.zip", (b"cafe", b"x", UNIX, REGULAR, 0, unicode_path(b"cafe", "café", False)))
zip_of("py-windows.zip", (b"app\\", b"", DOS, 0x10), (b"app\\sub\\a.txt", b"x", DOS, 0x20), (b"app\\read only", b"x", DOS, 0x21))
zip_of("py-windows-mixed.zip", (b"app/sub\\a.txt", b"x", DOS, 0x20))
zip_of("py-windows-ntfs.zip", (b"app\\a.txt", b"x", NTFS, 0x20))
zip_of("py-windows-vfat.zip", (b"app\\a.txt", b"x", VFAT, 0x20))
zip_of("py-windows-slashes.zip", (b"app/", b"", DOS, 0x10), (b"app/a.txt", b"x", DOS, 0x20))
zip_of("py-windows-dot-dot.zip", (b"..\\a.txt", b"x", DOS, 0x20))
zip_of("py-backslash-unix.zip", (b"d\\f", b"x"))
zip_of("py-twice.zip", (b"a", b"first"), (b"a", b"second, which counts"))
zip_of("py-case.zip", (b"Read.me", b"1"), (b"read.me", b"2"))
zip_of("py-links.zip", (b"l", b"/usr/bin/python3", UNIX, LINK), (b"d/up", b"../..", UNIX, LINK), (b"d/f", b"x"), (b"to-d", b"d", UNIX, LINK))
zip_of("py-link-latin1.zip", (b"l", b"caf\xe9", UNIX, LINK))
zip_of("py-link-empty.zip", (b"l", b"", UNIX, LINK))
zip_of("py-below-link.zip", (b"l", b"/tmp", UNIX, LINK), (b"l/sluice-archives-below", b"x"))
zip_of("py-below-file.zip", (b"a", b"x"), (b"a/b", b"x"))
zip_of("py-absolute.zip", (b"/sluice-archives-absolute", b"x"))
zip_of("py-dot-dot.zip", (b"a/../b", b"x"))
zip_of("py-dots.zip", (b"./a/./b//c", b"x"))
zip_of("py-control.zip", (b"a\nb", b"x"))
zip_of("py-directory-by-mode.zip", (b"d", b"", UNIX, DIRECTORY))
zip_of("py-fifo.zip", (b"p", b"", UNIX, 0o010644 << 16))
zip_of("py-modes.zip", (b"x", b"x", UNIX, 0o100755 << 16), (b"s", b"x", UNIX, 0o104755 << 16), (b"r", b"x", UNIX, 0o100400 << 16),
       (b"d/", b"", UNIX, 0o040750 << 16))
zip_of("py-deflated.zip", (b"a", b"x" * 100_000, UNIX, REGULAR, 0, b"", 8))
zip_of("py-deflate64.zip", (b"a", b"x", UNIX, REGULAR, 0, b"", 9))
zip_of("py-encrypted.zip", (b"a", b"x" * 20, UNIX, REGULAR, 1, b"", 8))
zip_of("py-comment.zip", (b"a", b"x"), comment=b"PK\x05\x06 is not the end")
zip_of("py-self-extracting.zip", (b"a", b"x"), start=b"#!/bin/sh\nexec unzip \"$0\"\n")


def finder(name, folder, *more):
    zip_of(
        name,
        (folder + b"/", b"", UNIX, DIRECTORY),
        (folder + b"/appspec.yml", APP_SPEC),
        (folder + b"/scripts/", b"", UNIX, DIRECTORY),
        (folder + b"/scripts/start.sh", b"#!/bin/sh\n", UNIX, 0o100755 << 16),
        (b"__MACOSX/", b"", UNIX, DIRECTORY),
        (b"__MACOSX/" + folder + b"/._appspec.yml", b"\0\x05\x16\x07"),
        *more,
        top=(),
    )


finder("finder-folder.zip", b"shop")
finder("finder-folder-store.zip", b"shop 2", (b".DS_Store", b"x"), (b"shop 2/.DS_Store", b"x"))
finder("finder-folder-unicode.zip", "Läden".encode())
zip_of("finder-files.zip", (b"scripts/a.sh", b"x"), (b"__MACOSX/._appspec.yml", b"x"))
zip_of("github.zip", (b"shop-0123abc/", b"", UNIX, DIRECTORY), (b"shop-0123abc/appspec.yml", APP_SPEC), (b"shop-0123abc/a", b"x"), top=())


# --- zips by zipfile ---------------------------------------------------------------------------------------------------

def python_zip(name, method=zipfile.ZIP_DEFLATED, **options):
    with zipfile.ZipFile(os.path.join(out, name), "w", method) as archive:
        archive.writestr("appspec.yml", APP_SPEC)
        for number in range(3):
            archive.writestr(f"dir/{number}", bytes(range(256)) * (number * 2000))
        info = zipfile.ZipInfo("grün/é", (2001, 2, 3, 4, 5, 6))
        info.external_attr = 0o100640 << 16
        archive.writestr(info, b"x")
        archive.mkdir("empty") if hasattr(archive, "mkdir") else archive.writestr("empty/", b"")
        with archive.open(zipfile.ZipInfo("zip64"), "w", force_zip64=options.get("zip64", False)) as file:
            file.write(b"x")


python_zip("python-deflated.zip")
python_zip("python-stored.zip", zipfile.ZIP_STORED)
python_zip("python-zip64.zip", zip64=True)
python_zip("python-bzip2.zip", zipfile.ZIP_BZIP2)
python_zip("python-lzma.zip", zipfile.ZIP_LZMA)
whole = open(os.path.join(out, "python-deflated.zip"), "rb").read()
save("zip-cut.zip", whole[:-20])
save("zip-cut-early.zip", whole[:2000])
save("zip-checksum.zip", whole.replace(zlib.crc32(APP_SPEC).to_bytes(4, "little"), b"\1\2\3\4"))
save("zip-empty.zip", b"PK\x05\x06" + b"\0" * 18)
