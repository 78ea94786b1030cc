interface Ordered {
  readonly name: string;
  /** Names of those that come before it. */
  readonly after: readonly string[];
}

/**
 * The images in an order in which each comes after those that it names; else in the order in which they are given.
 * Names that nothing has are passed over.
 * @throws Error with the names of a circle, if there is one.
 */
export function inOrder<Image extends Ordered>(images: readonly Image[]): Image[] {
  const byName = new Map(images.map((image) => [image.name, image]));
  const done = new Set<Image>();
  const visit = (image: Image, way: readonly string[]): void => {
    if (way.includes(image.name)) {
      throw new Error([...way.slice(way.indexOf(image.name)), image.name].join(" → "));
    }
    if (!done.has(image)) {
      image.after.flatMap((name) => byName.get(name) ?? []).forEach((each) => visit(each, [...way, image.name]));
      done.add(image);
    }
  };
  images.forEach((image) => visit(image, []));
  return [...done];
}

/** The first circle that images are in by what they come after: `a → b → a`. */
export function circleAmong(images: readonly Ordered[]): string | undefined {
  try {
    inOrder(images);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** The build argument by which an image is given one that it comes after: `RUNTIME_BASE` for `runtime-base`. */
export function argumentFor(image: string): string {
  return image.toUpperCase().replace(/[.-]/g, "_");
}
