/** Small labels beside points, set where they cover neither a point nor each other. */

export interface Place {
  readonly x: number;
  readonly y: number;
}

export interface LabelOptions {
  /** Of a label's box, in pixels. */
  readonly width: number;
  readonly height: number;
  /** Radius around a point that stays free. */
  readonly point: number;
  /** Right and lower end of the area, from 0, that labels must not leave to the left or below; above there is room. */
  readonly area?: { readonly width: number; readonly height: number };
}

/** Ways out from a point: above, below, right, left, then the corners. */
const WAYS = [
  [0, -1],
  [0, 1],
  [1, 0],
  [-1, 0],
  [1, -1],
  [-1, -1],
  [1, 1],
  [-1, 1],
] as const;
const RINGS = 6;

/** The middle of each point's label, in the order of the points; nearest place first, and the last resort is above. */
export function placeLabels(points: readonly Place[], options: LabelOptions): Place[] {
  const { width, height, point, area } = options;
  const placed: Place[] = [];
  const overlaps = (a: Place, b: Place, dx: number, dy: number): boolean =>
    Math.abs(a.x - b.x) < dx && Math.abs(a.y - b.y) < dy;
  const isInside = ({ x, y }: Place): boolean =>
    area === undefined || (x >= width / 2 && x <= area.width - width / 2 && y <= area.height - height / 2);
  const isFree = (label: Place): boolean =>
    isInside(label) &&
    !placed.some((other) => overlaps(label, other, width, height)) &&
    !points.some((other) => overlaps(label, other, width / 2 + point, height / 2 + point));
  for (const { x, y } of points) {
    const candidates = Array.from({ length: RINGS }, (_, ring) =>
      WAYS.map(([right, down]) => ({
        x: x + right * (point + width / 2 + 1 + ring * width),
        y: y + down * (point + height / 2 + 1 + ring * height),
      })),
    ).flat();
    placed.push(candidates.find(isFree) ?? candidates[0]!);
  }
  return placed;
}
