import { areas } from ".";

/** The rules as the README shows them: a table an area. A test compares the two. */
export function readmeTable(): string {
  const rows = Object.values(areas).flatMap((rules) =>
    rules.map(
      ({ refuses, status, code, known, reference }) =>
        `| ${refuses.replaceAll("|", "\\|")} | ${status} \`${code}\` | [${known}](${reference}) |`,
    ),
  );
  return ["| refused | as | reference |", "| --- | --- | --- |", ...rows].join("\n");
}
