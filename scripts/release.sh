#!/bin/sh
# Makes what is published: see docs/guides/install.md. The same bytes wherever and whenever it runs, for the same commit.
usage='npm run release -- [--out DIRECTORY] [--platform linux-x64 | linux-arm64]... [--only PART]...

Makes a release of the commit that is checked out, in release/ or another directory, for both platforms unless some are named.
Parts: executable, tarball, deb, image; all of them without --only. SHA256SUMS and sbom.cdx.json are always made.'
. "$(dirname -- "$0")/usage.sh"
. "$(dirname -- "$0")/setup.sh"
exec node scripts/release/release.ts "$@"
