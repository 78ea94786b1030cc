import { drawEdge, drawLabel, drawLegend, LEGEND_HEIGHT } from "./drawing";
import { escapeXml } from "./escape";
import { type Laid, layOut, type Layout } from "./layout";
import { drawMark, summary } from "./marks";
import type { Picture, Stack } from "./picture";
import { PADDING } from "./sizes";
import { cloudStyle, pictureStyle } from "./style";
import { fontSize, LINE_HEIGHT, type Line, MARK_WIDTH } from "./text";

/** Around the picture, and of its heading, in pixels. */
const MARGIN = 20;
const HEADING = 62;
const NARROWEST = 640;

/** Draws the picture as an SVG that follows the viewer's light or dark scheme and needs nothing from elsewhere. */
export async function toSvg(picture: Picture): Promise<string> {
  const layout = await layOut(picture);
  const width = Math.ceil(Math.max(layout.width, NARROWEST) + 2 * MARGIN);
  const height = Math.ceil(layout.height + HEADING + LEGEND_HEIGHT + 2 * MARGIN);
  const heading = `Environment ${picture.environment}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="topology" role="img" aria-labelledby="topology-title topology-summary"`,
    ` width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">\n`,
    `<title id="topology-title">${escapeXml(heading)}</title>`,
    `<desc id="topology-summary">${escapeXml(description(picture))}</desc>\n`,
    `<style>${pictureStyle}${picture.cloud === undefined ? "" : cloudStyle}</style>\n`,
    `<rect class="paper" width="${width}" height="${height}" rx="10"/>\n`,
    `<text class="heading" x="${MARGIN}" y="${MARGIN + 18}">${escapeXml(heading)}</text>`,
    `<text class="plain" x="${MARGIN}" y="${MARGIN + 40}">${escapeXml(summary(picture))}</text>\n`,
    `<g transform="translate(${MARGIN} ${MARGIN + HEADING})">\n${draw(picture, layout)}</g>\n`,
    drawLegend(MARGIN, height - MARGIN - LEGEND_HEIGHT / 2, picture),
    "</svg>\n",
  ].join("");
}

function description({ cloud, hosts, edges, ...picture }: Picture): string {
  const networks = hosts.flatMap((host) => host.networks);
  const containers = [...hosts, ...networks].flatMap(({ stacks }) => stacks).flatMap((stack) => stack.containers);
  const count = containers.reduce((sum, box) => sum + box.count, 0);
  return (
    `${cloud === undefined ? "" : `${cloud.name}; behind its load balancer: `}` +
    `Container hosts: ${hosts.length}, networks: ${networks.length}, containers: ${count}, ` +
    `relations: ${edges.length}; ${summary({ hosts, edges, ...picture })}.`
  );
}

/** From the back to the front. */
function draw({ cloud, hosts, outside, edges }: Picture, { boxes, edges: laidEdges }: Layout): string {
  const networks = hosts.flatMap((host) => host.networks);
  const stacks = [...hosts, ...networks].flatMap((each) => each.stacks);
  const area = (kind: string, id: string, name: string, radius: number): string =>
    group(kind, name, rounded(boxes.get(id)!, radius));
  const header = (kind: string, id: string): string => `<g class="${kind} header">${written(boxes.get(id)!)}</g>`;
  const box = (kind: string, id: string, name: string, radius: number): string =>
    group(kind, name, rounded(boxes.get(id)!, radius) + written(boxes.get(id)!));
  const clouds = cloud === undefined ? [] : [cloud];
  const balancers = clouds.map(({ balancer }) => balancer);
  return [
    ...clouds.map(({ id, name }) => area("cloud", id, name, 16)),
    ...balancers.map(({ id }) => area("balancer", id, "load balancer", 12)),
    ...hosts.map(({ id, name }) => area("host", id, name, 12)),
    ...networks.map(({ id, name }) => area("network", id, name, 10)),
    ...edges.map((edge) => drawEdge(edge, laidEdges.get(edge.id)!)),
    // Over the edges, which may have to cross it.
    ...clouds.map(({ id }) => header("cloud", id)),
    ...balancers.map(({ id }) => header("balancer", id)),
    ...hosts.map(({ id }) => header("host", id)),
    ...networks.map(({ id }) => header("network", id)),
    ...stacks.flatMap((stack) => drawStack(stack, boxes)),
    ...balancers.flatMap(({ endpoints }) => endpoints).map(({ id, name }) => box("port", id, name, 16)),
    ...hosts.flatMap(({ ports }) => ports).map(({ id, name }) => box("port", id, name, 16)),
    ...outside.map(({ id, name }) => box("outside", id, name, 8)),
    ...edges.map((edge) => drawLabel(laidEdges.get(edge.id)!, written)),
  ]
    .filter((part) => part !== "")
    .map((part) => `${part}\n`)
    .join("");
}

function drawStack({ id, containers }: Stack, boxes: ReadonlyMap<string, Laid>): string[] {
  const frame = boxes.get(id);
  const shared = frame && group("stack", "", rounded(frame, 8) + written(frame, 4));
  const each = containers.map(({ id: container, name, count }) => {
    const box = boxes.get(container)!;
    // A second border behind the first says that there are many.
    const behind = count > 1 ? rounded({ ...box, x: box.x + 4, y: box.y + 4 }, 6, "many") : "";
    return group("container", name, behind + rounded(box, 6) + written(box));
  });
  return shared === undefined ? each : [shared, ...each];
}

function group(kind: string, name: string, content: string): string {
  return `<g class="${kind}" data-name="${escapeXml(name)}">${name === "" ? "" : `<title>${escapeXml(name)}</title>`}${content}</g>`;
}

function rounded({ x, y, width, height }: Laid, radius: number, kind = ""): string {
  const attributes = `x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"`;
  return `<rect${kind === "" ? "" : ` class="${kind}"`} ${attributes} rx="${Math.min(radius, height / 2)}"/>`;
}

/** The lines of a box, from its top left. A title's mark stands in the corner, any other's before its text. */
function written({ x, y, width, lines }: Laid, paddingTop = PADDING - 3, paddingLeft = PADDING): string {
  return lines
    .map((line, i) => {
      const middle = y + paddingTop + (i + 0.5) * LINE_HEIGHT;
      const left = x + paddingLeft;
      return line.style === "title"
        ? text(line, left, middle) + mark(line, x + width - PADDING - 4, middle)
        : mark(line, left + 6, middle) + text(line, left + (line.status === undefined ? 0 : MARK_WIDTH), middle);
    })
    .join("");
}

function text({ text: words, style }: Line, x: number, middle: number): string {
  // Not dominant-baseline, which renderers disagree on.
  const baseline = middle + fontSize[style] * 0.35;
  return `<text class="${style}" x="${round(x)}" y="${round(baseline)}" xml:space="preserve">${escapeXml(words)}</text>`;
}

function mark({ status }: Line, x: number, y: number): string {
  return status === undefined ? "" : drawMark(status, round(x), round(y));
}

function round(length: number): number {
  return Math.round(length * 10) / 10;
}
