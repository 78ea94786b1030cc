/**
 * Runs the program without mapping stack traces back to the sources. Pulumi's SDK takes a trace for every promise of
 * every resource, and mapping them all takes longer than everything else in a preview. Only the trace of an error that
 * ends the program is mapped, when somebody is going to read it.
 */
export async function withPlainTraces<T>(work: () => Promise<T>): Promise<T> {
  const mapped = Error.prepareStackTrace;
  Reflect.deleteProperty(Error, "prepareStackTrace");
  try {
    return await work();
  } catch (error) {
    Error.prepareStackTrace = mapped;
    if (error instanceof Error) {
      // A trace is written when it is first asked for.
      error.stack = withoutLibraries(error.stack ?? "");
    }
    throw error;
  }
}

/**
 * A trace without the frames of libraries. Pulumi's SDK is mapped to a place like `node_modules/@pulumi/resource.ts`, in
 * which `util.inspect` of Node 20 looks for the end of the package's name for ever: with it, the Pulumi CLI showed an error
 * only minutes later, when the string had become too long for Node.
 */
function withoutLibraries(trace: string): string {
  return trace
    .split("\n")
    .filter((line) => !/^\s+at .*[\\/]node_modules[\\/]/.test(line))
    .join("\n");
}
