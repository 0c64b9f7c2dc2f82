# Makes the trees that the archives are made of, below the current directory. As root also devices and files of other users.
set -eu
umask 022

tree() {
  mkdir "$1"
  cd "$1"
  printf 'version: 0.0\nos: linux\n' >appspec.yml
}
leave() {
  find . -exec touch -h -d '2021-03-04 05:06:07.25' {} +
  cd ..
}

tree plain
mkdir -p empty app/deep/1/2/3/4/5/6/7/8/9 private
: >app/empty
printf 'hidden' >.env
printf '#!/bin/sh\n' >app/run
printf x >"app/with space"
printf x >"grün.txt"
seq 1 60000 >app/big
printf x >app/deep/1/2/3/4/5/6/7/8/9/leaf
printf x >app/private && chmod 0600 app/private
printf x >app/read-only && chmod 0444 app/read-only
printf x >app/special && chmod 4750 app/special
chmod 0755 app/run
chmod 0750 private
leave

tree links
mkdir -p app/real d
printf x >app/real/f
ln -s real/f app/to-file
ln -s real app/to-directory
ln -s ../app d/up
ln -s ../../../.. d/out
ln -s /usr/bin/python3 d/absolute
ln -s nowhere d/dangling
ln -s round d/round
leave

tree hard
printf x >a
ln a b
mkdir d
ln a d/c
ln -s a s
ln s t
leave

tree long
name=$(printf 'n%.0s' $(seq 1 99))
mkdir -p "$name/$name/$name"
printf x >"$name/$name/$name/file"
printf x >"$(printf 'm%.0s' $(seq 1 255))"
ln -s "$name/$name/$name/file" link
ln "$name/$name/$name/file" hard
leave

tree sparse
truncate -s 1M only-holes
printf start >holes-at-end && truncate -s 1M holes-at-end
truncate -s 1M holes-at-start && printf end >>holes-at-start
truncate -s 512K middle && printf middle >>middle && truncate -s 1M middle
truncate -s 8M many
for at in $(seq 1 2 60); do printf piece | dd of=many bs=128K seek="$at" conv=notrunc status=none; done
printf whole >whole
leave

tree latin1
printf 1 >"$(printf 'caf\351')"
printf 2 >"$(printf 'caf\350')"
leave

tree latin1-link
ln -s "$(printf 'caf\351')" link
leave

tree odd
printf x >'back\slash'
printf x >"$(printf 'escape\033[1m')"
printf x >'-rf'
printf x >' blank '
printf x >'a:b*c?"<>|'
printf x >'~'
printf x >'@file'
mkdir '...' && printf x >'.../..x'
leave

tree line-break
printf x >"$(printf 'new\nline')"
leave

tree fifo
mkfifo pipe
leave

tree old
printf x >old
leave
(cd old && touch -d '1965-01-01' old)

mkdir wrapped wrapped/shop
printf 'version: 0.0\nos: linux\n' >wrapped/shop/appspec.yml
printf x >wrapped/shop/file

if [ "$(id -u)" -eq 0 ]; then
  tree owned
  printf x >a && chown 1234:4321 a
  printf x >b && chown 1:1 b && chmod 0640 b
  ln -s a l && chown -h 1234:4321 l
  leave
  tree device
  mknod null c 1 3 || true
  leave
fi
