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
    // A trace is written when it is first asked for.
    void (error as Error).stack;
    throw error;
  }
}
