import { describe, expect, it } from 'vitest';
import { findDates, isDate } from '../../src/text/dates.ts';

const found = (text: string) =>
  findDates(text).map(({ year, month, day, start, end }) => [year, month, day, text.slice(start, end)]);

describe('findDates', () => {
  it.each([
    ['on 12 March 2025.', 2025, 3, 12, '12 March 2025'],
    ['the 1st of Sept. 2025', 2025, 9, 1, '1st of Sept. 2025'],
    ['March the 12th, 2025', 2025, 3, 12, 'March the 12th, 2025'],
    ['since March 2025', 2025, 3, undefined, 'March 2025'],
    ['every 14 juillet', undefined, 7, 14, '14 juillet'],
    ['el 3 de enero del 2026', 2026, 1, 3, '3 de enero del 2026'],
    ['2025/3/9', 2025, 3, 9, '2025/3/9'],
    ['2025-03-12T08:00Z', 2025, 3, 12, '2025-03-12'],
    ['31.12.2025', 2025, 12, 31, '31.12.2025'],
    ['12/31/2025', 2025, 12, 31, '12/31/2025'],
    ['4/4/2025', 2025, 4, 4, '4/4/2025'],
  ])('reads %j', (text, year, month, day, written) => {
    expect(found(text)).toEqual([[year, month, day, written]]);
  });

  it.each([
    '3/12/2025',
    '2025-13-01',
    '40 March',
    '12 marches 2025',
    'version 1.12.3.2025',
    'mars',
    '12 by 2025',
  ])('finds none in %j', (text) => {
    expect(found(text)).toEqual([]);
  });

  it('finds several, in order', () => {
    expect(found('from 12 March 2025 to April 2, 2025').map(([, month, day]) => [month, day])).toEqual([
      [3, 12],
      [4, 2],
    ]);
  });
});

describe('isDate', () => {
  it('asks for all that is known of a date, and for no more', () => {
    const date = { year: 2025, month: 3, day: 12 };
    expect(isDate(date, { ...date, year: undefined })).toBe(true);
    expect(isDate({ ...date, year: undefined }, date)).toBe(false);
    expect(isDate(date, { ...date, day: 13 })).toBe(false);
  });
});
