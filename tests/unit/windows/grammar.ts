import { join } from "node:path";
import { Language, type Node, Parser } from "web-tree-sitter";

/** A parameter that a function declares. */
export interface Declared {
  readonly name: string;
  /** Whether a call may leave it out: it has a default, or is a switch. */
  readonly optional: boolean;
}

/** A command as it is called. */
export interface Call {
  readonly name: string;
  readonly text: string;
  /** Names of the parameters it gives, those of splatted tables among them. */
  readonly named: readonly string[];
  /** How many arguments have no name. */
  readonly positional: number;
}

export interface Script {
  readonly hasError: boolean;
  readonly functions: ReadonlyMap<string, readonly Declared[]>;
  readonly calls: readonly Call[];
}

let parser: Parser | undefined;

/** Has to be awaited before anything is parsed. */
export async function loadGrammar(): Promise<void> {
  await Parser.init();
  const grammar = require.resolve("tree-sitter-powershell/package.json").replace("package.json", "");
  parser = new Parser();
  parser.setLanguage(await Language.load(join(grammar, "tree-sitter-powershell.wasm")));
}

/** What a script says, by the grammar of PowerShell. */
export function parsed(text: string): Script {
  const root = parser!.parse(text)!.rootNode;
  return {
    hasError: root.hasError,
    functions: new Map(all(root, "function_statement").map((each) => [nameOf(each), declaredBy(each)])),
    calls: all(root, "command").flatMap(callOf),
  };
}

function all(node: Node, type: string): Node[] {
  return node.descendantsOfType(type).filter((each) => each !== null);
}

function nameOf(statement: Node): string {
  return all(statement, "function_name")[0].text;
}

function declaredBy(statement: Node): Declared[] {
  const list = all(statement, "parameter_list")[0];
  return list === undefined ? [] : list.namedChildren.filter((each) => each !== null).flatMap(parameterOf);
}

function parameterOf(parameter: Node): Declared[] {
  if (parameter.type !== "script_parameter") {
    return [];
  }
  const variable = parameter.namedChildren.find((each) => each?.type === "variable")!;
  const isSwitch = all(parameter, "type_literal").some((each) => each.text.toLowerCase() === "[switch]");
  const optional = isSwitch || all(parameter, "script_parameter_default").length > 0;
  return [{ name: variable.text.slice(1), optional }];
}

function callOf(command: Node): Call[] {
  const name = command.childForFieldName("command_name")!.text;
  if (name.startsWith("(")) {
    // What is called is computed.
    return [];
  }
  const elements = command.childForFieldName("command_elements");
  const named: string[] = [];
  let positional = 0;
  let valueOf: string | undefined;
  for (const element of (elements?.namedChildren ?? []).filter((each) => each !== null)) {
    if (element.type === "command_argument_sep" || element.type === "redirection") {
      continue;
    }
    if (element.type === "command_parameter") {
      valueOf = element.text.replace(/^-|:$/g, "");
      named.push(valueOf);
    } else if (element.text.startsWith("@") && /^@\w+$/.test(element.text)) {
      named.push(...keysOf(command, element.text.slice(1)));
      valueOf = undefined;
    } else {
      positional += valueOf === undefined || switches.has(valueOf) ? 1 : 0;
      valueOf = undefined;
    }
  }
  return [{ name, text: command.text.trim(), named, positional }];
}

/** Parameters in use that take no value of their own. */
const switches = new Set([
  ...["Raw", "Force", "Recurse", "Compress", "Unique", "DnsOnly", "NoHostsFile", "QuickTimeout"],
  ...["Online", "UseBasicParsing", "AtStartup", "AsPlainText", "PasswordNeverExpires"],
]);

/** The keys of a table that is splatted: it is assigned in the same function. */
function keysOf(command: Node, variable: string): string[] {
  let scope: Node = command;
  while (scope.parent !== null && scope.type !== "function_statement") {
    scope = scope.parent;
  }
  const tables = all(scope, "assignment_expression").filter(
    (each) => each.namedChildren[0]?.text.toLowerCase() === `$${variable}`.toLowerCase(),
  );
  const keys = tables.flatMap((table) => all(table, "key_expression").map((key) => key.text.replace(/^'|'$/g, "")));
  return keys.length === 0 ? [`@${variable}, which is assigned nowhere here`] : keys;
}
