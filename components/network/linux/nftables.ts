/**
 * A table as one nftables transaction, which replaces what it held; without chains there is no table afterwards.
 * @param table Family and name: `inet lab_acl_10_0_0_2`.
 */
export function replacedTable(table: string, chains: readonly string[]): string {
  const made = chains.length === 0 ? [] : [`table ${table} {`, ...chains, "}"];
  // A table can only be deleted if it is there, so it is made first.
  return [`table ${table}`, `delete table ${table}`, ...made, ""].join("\n");
}
