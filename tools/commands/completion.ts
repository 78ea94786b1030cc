import { join } from "node:path";
import { labs } from "../../components/labs";
import type { Command } from "../command";
import { thisMachine } from "../setup/machine";
import { quoted } from "./env";

/** Commands whose next word is a lab. */
const takeLab = ["logs", "open"];

export const command: Command = {
  summary:
    'Print a shell function "labs", the commands by their names with completion: eval "$(npm run -s completion)"',
  examples: [
    ['eval "$(npm run -s completion)"', "in ~/.bashrc; in ~/.zshrc after: autoload -U +X bashcompinit && bashcompinit"],
    ["labs verify --environment rehearsal", "the same as: npm run verify -- --environment rehearsal"],
  ],
  async run() {
    const { commandsOf } = require("../main") as typeof import("../main");
    process.stdout.write(script(thisMachine().project, commandsOf(), Object.keys(labs)));
    return 0;
  },
};

/** For bash, and for zsh with bashcompinit. Environments are looked up when they are asked for. */
export function script(project: string, commands: readonly (readonly [string, Command])[], labNames: string[]): string {
  const options = commands.map(
    ([name, { options: own = {} }]) =>
      `    ${name}) words="${[...Object.keys(own), "environment", "help"].map((option) => `--${option}`).join(" ")}" ;;`,
  );
  return `labs() {
  node ${quoted(join(project, "tools", "run.js"))} "$@"
}
_labs() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" words="" file
  case "\${COMP_WORDS[1]}" in
${options.join("\n")}
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${commands.map(([name]) => name).join(" ")}"
  elif [ "$before" = --environment ] || [ "$before" = -e ]; then
    words=""
    for file in ${quoted(join(project, "stacks"))}/Pulumi.*.yaml; do
      file="\${file##*/Pulumi.}"
      words="$words \${file%.yaml}"
    done
  else
    case "$before" in
      ${[...takeLab, "--labs"].join(" | ")}) words="$words ${labNames.join(" ")}" ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -F _labs labs
`;
}
