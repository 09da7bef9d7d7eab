/** What the README says that a user of an ACL needs. */
export const permissions = [
  ...["~YTask:*", "~{YTask:*", "-@all"],
  ...["+@connection", "+@list", "+@sortedset", "+@hash", "+@stream", "+@scripting"],
  ...["+info", "+time", "+pexpire", "+pttl", "+rename", "+unlink"],
];

/** What it says that one needs in a Cluster besides. */
export const permissionsInCluster = ["+cluster|slots", "+cluster|info"];
