import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkedId, type StackCommand } from "../dialect";

/**
 * How a script reaches a Windows machine, all of it in one place. The command line carries a short program that never
 * changes, but for a checked id and time; scripts and data travel together as one JSON document on standard input. So
 * nothing has to be quoted for cmd.exe, which runs the line on this machine as well as over OpenSSH, the length of the
 * line does not depend on the data, and data never becomes program text.
 */

/** What a cmd.exe line may hold. Source: https://learn.microsoft.com/troubleshoot/windows-client/shell-experience/command-line-string-limitation */
export const longestLine = 8191;

/** The text of a file of this folder, the same whatever ends its lines here: it is part of a resource. */
export function sourceOf(file: string): string {
  return readFileSync(join(__dirname, file), "utf8").replaceAll("\r\n", "\n");
}

/**
 * The program on the command line: it reads the document, defines the functions in its scripts, calls one of them with
 * its data, and prints what that returns on one line. An exception ends it with status 1 and the exception's own words.
 *
 * `$input` and not the console: PowerShell itself reads a redirected standard input, and would race for it. It goes
 * through a try-catch at the top level, as the cmdlets of modules obey the global `$ErrorActionPreference` alone.
 */
export function bootstrap(call: string): string {
  return [
    "$ErrorActionPreference = 'Stop'",
    "$ProgressPreference = 'SilentlyContinue'",
    "try {",
    // A byte order mark that the sender's console put before the document is no JSON.
    "$document = (@($input) -join \"`n\") -replace '^[^{]*', '' | ConvertFrom-Json",
    "foreach ($script in $document.scripts) { . ([ScriptBlock]::Create($script)) }",
    `[Console]::Out.WriteLine((${call} -Data $document.data))`,
    "} catch {",
    "[Console]::Error.WriteLine($_.Exception.GetBaseException().Message)",
    "exit 1",
    "}",
  ].join("\n");
}

/** The words that run a program in Windows PowerShell 5.1, none of which needs quoting in any shell. */
export function powershell(program: string): string[] {
  const encoded = Buffer.from(program, "utf16le").toString("base64");
  // The format is said, or errors would be written as XML when standard error is no console.
  return ["powershell", "-NoProfile", "-NonInteractive", "-OutputFormat", "Text", "-EncodedCommand", encoded];
}

/** What a {@link bootstrap} reads. ASCII only: the code page of a console of Windows is anybody's guess. */
export function inputDocument(scripts: readonly string[], data: object): string {
  const document = JSON.stringify({ data, scripts: scripts.map((name) => sourceOf(`${name}.ps1`)) });
  return document.replace(/[\u007f-\uffff]/g, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/**
 * The command on a container's host that calls a function of its scripts with `-Action apply` or `remove`, `-Container`
 * and `-Data`.
 */
export function hostCommand(run: {
  readonly function: string;
  readonly scripts: readonly string[];
  readonly data: object;
}): StackCommand {
  return {
    stdin: inputDocument(run.scripts, run.data),
    lines: ({ containerId, generation }) => {
      const id = checkedId(containerId);
      if (!/^[\w.:+-]+$/.test(generation)) {
        throw new Error(`not the time of a container's stop: ${JSON.stringify(generation)}`);
      }
      const line = (action: string, note = "") =>
        powershell(note + bootstrap(`${run.function} -Action ${action} -Container ${id}`)).join(" ");
      return { create: line("apply", `# stopped ${generation}\n`), delete: line("remove") };
    },
  };
}
