import { Link } from "../../../design/link.tsx";

/** Above the pages of single policies. */
export const policiesLink = (
  <Link key="policies" to="/-/access" search={{ tab: "policies" }}>
    Policies
  </Link>
);
