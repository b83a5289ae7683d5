import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GroundspeedError } from '../../src/kernel/errors.ts';
import { decodeColumns, encodeColumns, parseRecord } from '../../src/records/codec.ts';
import type { RequestColumns } from '../../src/records/columns.ts';
import type { ColumnsRecord } from '../../src/records/schema.ts';

function columns(length: number, value: (column: number, row: number) => number): RequestColumns {
  const fill = <T extends { [row: number]: number; length: number }>(array: T, column: number): T => {
    for (let row = 0; row < array.length; row += 1) array[row] = value(column, row);
    return array;
  };
  return {
    length,
    columns: {
      phase: fill(new Uint8Array(length), 0),
      question: fill(new Uint32Array(length), 1),
      due: fill(new Float64Array(length), 2),
      sent: fill(new Float64Array(length), 3),
      first: fill(new Float64Array(length), 4),
      end: fill(new Float64Array(length), 5),
      outcome: fill(new Uint8Array(length), 6),
      errorClass: fill(new Uint16Array(length), 7),
      cache: fill(new Uint8Array(length), 8),
      right: fill(new Uint8Array(length), 9),
      funnel: fill(new Uint8Array(length), 10),
      response: fill(new Uint32Array(length), 11),
      degraded: fill(new Uint8Array(length), 14),
      stale: fill(new Uint8Array(length), 15),
      matched: fill(new Uint32Array(length), 16),
    },
    stages: [fill(new Float32Array(length), 12), fill(new Float32Array(length), 13)],
  };
}

/** The file as one piece. */
function encoded(...[requests, stages]: Parameters<typeof encodeColumns>) {
  const { pieces, layout } = encodeColumns(requests, stages);
  return { bytes: Buffer.concat(pieces), layout };
}

describe('request columns', () => {
  it('come back as they were saved, NaN included, from bytes that start anywhere', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 7 }), (length, shift) => {
        const original = columns(length, (column, row) =>
          column === 4 && row % 3 === 0 ? Number.NaN : column * 7 + row,
        );
        const { bytes, layout } = encoded(original, ['embed', 'retrieve']);
        const shifted = new Uint8Array(bytes.length + shift);
        shifted.set(bytes, shift);
        expect(decodeColumns(shifted.subarray(shift), layout)).toEqual(original);
      }),
    );
  });

  it('start at multiples of eight bytes, so that any reader can lay typed arrays over them', () => {
    const { layout } = encodeColumns(
      columns(13, () => 1),
      ['embed', 'retrieve'],
    );
    expect(layout.columns.every(({ offset }) => offset % 8 === 0)).toBe(true);
    expect(layout.columns.map(({ name }) => name)).toContain('stage:retrieve');
  });

  it('come back from a small buffer, which shares its memory with others', () => {
    const original = columns(3, (column, row) => column + row);
    const { bytes, layout } = encoded(original, ['embed', 'retrieve']);
    const pooled = Buffer.from(bytes);
    expect(pooled.buffer.byteLength).toBeGreaterThan(pooled.length);
    expect(decodeColumns(pooled, layout)).toEqual(original);
  });

  it.each<[string, (layout: ColumnsRecord) => Partial<ColumnsRecord>]>([
    ['more rows than there are bytes', () => ({ rows: 1000 })],
    ['a column that is not there', ({ columns: all }) => ({ columns: all.slice(1) })],
    [
      'a column of another type',
      ({ columns: all }) => ({ columns: all.map((one) => ({ ...one, type: 'u8' as const })) }),
    ],
    [
      'a column that starts askew',
      ({ columns: all }) => ({ columns: all.map((one) => ({ ...one, offset: one.offset + 1 })) }),
    ],
  ])('are refused when the record speaks of %s', (_, change) => {
    const { bytes, layout } = encoded(
      columns(5, () => 1),
      [],
    );
    expect(() => decodeColumns(bytes, { ...layout, ...change(layout) })).toThrow(
      expect.objectContaining({ code: 'record.corrupt' }),
    );
  });

  it('of a record that was written before there were degraded answers say that nothing is known of them', () => {
    const { bytes, layout } = encoded(
      columns(5, () => 1),
      ['embed', 'retrieve'],
    );
    const before = { ...layout, columns: layout.columns.filter(({ name }) => name !== 'degraded') };
    const decoded = decodeColumns(bytes, before);
    expect(decoded.columns.degraded).toEqual(new Uint8Array(5));
    expect(decoded.columns.response).toEqual(new Uint32Array(5).fill(1));
  });

  it('say nothing of stale and matched answers where those columns were left out, as they are when all is unknown', () => {
    const made = columns(5, (column) => (column > 14 ? 0 : 1));
    const { bytes, layout } = encoded(made, ['embed', 'retrieve']);
    const names = layout.columns.map(({ name }) => name);
    expect(names).not.toContain('stale');
    expect(names).not.toContain('matched');
    expect(names).toContain('degraded');
    expect(decodeColumns(bytes, layout)).toEqual(made);
  });

  it('keep stale and matched answers where any row tells of them', () => {
    const made = columns(5, (column, row) => (column > 14 ? (row === 4 ? 2 : 0) : 1));
    const { bytes, layout } = encoded(made, ['embed', 'retrieve']);
    expect(decodeColumns(bytes, layout)).toEqual(made);
    expect(layout.columns.map(({ name }) => name)).toContain('matched');
  });

  it('are refused when a byte was changed', () => {
    const { bytes, layout } = encoded(
      columns(5, () => 1),
      [],
    );
    bytes[3]! ^= 1;
    expect(() => decodeColumns(bytes, layout)).toThrow(GroundspeedError);
  });
});

describe('parsing a record', () => {
  const codeOf = (text: string): string => {
    try {
      parseRecord(text, 'record.json');
    } catch (error) {
      return (error as GroundspeedError).code;
    }
    return 'none';
  };

  it('refuses what is not JSON, not a record, or of another version, each by its own name', () => {
    expect(codeOf('{')).toBe('record.unreadable');
    expect(codeOf('{"a": 1}')).toBe('record.unreadable');
    expect(codeOf('null')).toBe('record.unreadable');
    expect(codeOf('{"schema": "groundspeed.record/2"}')).toBe('record.version');
    expect(codeOf('{"schema": "groundspeed.record/1", "kind": "bench"}')).toBe('record.unreadable');
  });
});
