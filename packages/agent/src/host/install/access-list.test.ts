import { normaliseAclEntry } from "@sluice/model/app-spec/acl-entry.ts";
import { expect, test } from "vitest";
import { hasDefaults, namedAccounts, wholeAccessList } from "./access-list.ts";

/** What the reference agent 1.8.1 hands to `setfacl` for the first file that an entry reaches. */
test.each([
  [0o644, ["u:nobody:rwx"], "user:nobody:rwx,user::rw-,group::r--,other::r--,mask::r--"],
  [0o640, ["g:daemon:4", "m::7"], "group:daemon:r--,mask::rwx,user::rw-,group::r--,other::---"],
  [0o4755, ["m::r"], "mask::r--,user::rwx,group::r-x,other::r-x"],
  [0o644, [], "user::rw-,group::r--,other::r--"],
  [
    0o755,
    ["d:u:nobody:rwx"],
    "default:user:nobody:rwx,user::rwx,group::r-x,other::r-x,default:user::rwx,default:group::r-x,default:other::r-x,default:mask::r-x",
  ],
  [
    0o750,
    ["u:nobody:rx", "d:g:daemon:rx", "d:m::r"],
    "user:nobody:r-x,default:group:daemon:r-x,default:mask::r--,user::rwx,group::r-x,other::---,mask::r-x,default:user::rwx,default:group::r-x,default:other::---",
  ],
  [
    0o755,
    ["d::rwx", "d:g::rx", "d:o:r"],
    "default:user::rwx,default:group::r-x,default:other::r--,user::rwx,group::r-x,other::r-x",
  ],
  [
    0o2770,
    ["d:g::7", "d:u:nobody:1"],
    "default:group::rwx,default:user:nobody:--x,user::rwx,group::rwx,other::---,default:user::rwx,default:other::---,default:mask::rwx",
  ],
])("of %o with %j", (mode, acls, expected) => {
  expect(wholeAccessList(acls.map(normaliseAclEntry), mode)).toBe(expected);
});

test("what is for directories only, and whose accounts must exist", () => {
  expect([["d:u:a:r"], ["u:a:r"], []].map((acls) => hasDefaults(acls.map(normaliseAclEntry)))).toEqual([
    true,
    false,
    false,
  ]);
  expect(namedAccounts(["u:a:r", "d:g:b:r", "u:12:r", "m::r"].map(normaliseAclEntry))).toEqual({
    users: ["a"],
    groups: ["b"],
  });
});
