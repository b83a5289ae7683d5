import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeLabels } from '../../../src/reporting/charts/labels.ts';

const box = { width: 15, height: 12, point: 6 };

describe('labels of points', () => {
  it('do not cover each other, nor a point, where there is room', () => {
    const place = fc.record({ x: fc.integer({ min: 0, max: 700 }), y: fc.integer({ min: 0, max: 200 }) });
    fc.assert(
      fc.property(fc.array(place, { maxLength: 18 }), (points) => {
        const labels = placeLabels(points, box);
        expect(labels).toHaveLength(points.length);
        labels.forEach((label, index) => {
          for (const other of labels.slice(index + 1))
            expect(
              Math.abs(label.x - other.x) >= box.width || Math.abs(label.y - other.y) >= box.height,
            ).toBe(true);
          for (const point of points)
            expect(
              Math.abs(label.x - point.x) >= box.width / 2 + box.point ||
                Math.abs(label.y - point.y) >= box.height / 2 + box.point,
            ).toBe(true);
        });
      }),
    );
  });

  it('stand above their points where nothing is in the way', () => {
    expect(placeLabels([{ x: 100, y: 100 }], box)).toEqual([{ x: 100, y: 87 }]);
  });

  it('leave the area neither to the side nor below, where axes are', () => {
    const place = fc.record({ x: fc.integer({ min: 0, max: 300 }), y: fc.integer({ min: 0, max: 180 }) });
    fc.assert(
      fc.property(fc.array(place, { maxLength: 12 }), (points) => {
        for (const { x, y } of placeLabels(points, { ...box, area: { width: 300, height: 180 } })) {
          expect(x).toBeGreaterThanOrEqual(box.width / 2);
          expect(x).toBeLessThanOrEqual(300 - box.width / 2);
          expect(y).toBeLessThanOrEqual(180 - box.height / 2);
        }
      }),
    );
  });

  it('tell even points apart that fall on one spot', () => {
    const labels = placeLabels(Array(12).fill({ x: 50, y: 50 }), box);
    expect(new Set(labels.map(({ x, y }) => `${x}/${y}`)).size).toBe(12);
  });
});
