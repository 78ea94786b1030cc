import type { Docker } from "../../../tools/rehearsal/docker";
import { CommandError } from "../../../tools/processes";

/** A Docker client that notes what it is asked, and answers by the longest of these beginnings. */
export class FakeDocker {
  readonly calls: string[] = [];

  constructor(private readonly answers: Readonly<Record<string, string | Error>> = {}) {}

  readonly docker: Docker = async (args) => {
    const call = args.join(" ");
    this.calls.push(call);
    const [, answer = ""] =
      Object.entries(this.answers)
        .sort(([a], [b]) => b.length - a.length)
        .find(([beginning]) => call.startsWith(beginning)) ?? [];
    if (answer instanceof Error) {
      throw answer;
    }
    return answer;
  };

  /** The calls that begin with one of these words. */
  begunWith(...words: string[]): string[] {
    return this.calls.filter((call) => words.some((word) => call.startsWith(word)));
  }
}

/** What the client says when the engine says no. */
export function refusal(words: string): CommandError {
  return new CommandError(`docker: exit code 1\n${words}`, 1);
}
