import { closest, distance } from "fastest-levenshtein";

/** The known word that was probably meant; undefined where none is near enough to be worth naming. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) {
    return undefined;
  }
  const fold = (text: string) => text.toLowerCase();
  const best = known.find((each) => fold(each) === closest(fold(word), known.map(fold)));
  // Half the letters wrong is another word, not a slip.
  const limit = Math.max(1, Math.floor(Math.max(word.length, best?.length ?? 0) / 2));
  return best !== undefined && distance(fold(word), fold(best)) <= limit ? best : undefined;
}
