type Paint = (text: string) => string;

/** Colours for a stream: none unless it is a terminal, and none where NO_COLOR is set (no-color.org). */
export function colours(stream: { isTTY?: boolean }): Record<"red" | "green" | "yellow" | "dim" | "bold", Paint> {
  const on = stream.isTTY === true && (process.env.NO_COLOR ?? "") === "";
  const paint =
    (code: number, reset: number): Paint =>
    (text) =>
      on ? `\u001b[${code}m${text}\u001b[${reset}m` : text;
  return { red: paint(31, 39), green: paint(32, 39), yellow: paint(33, 39), dim: paint(2, 22), bold: paint(1, 22) };
}
