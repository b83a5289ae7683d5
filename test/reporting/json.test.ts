import { describe, expect, it } from 'vitest';
import { recordSchema } from '../../src/records/schema.ts';
import { renderJson } from '../../src/reporting/json.ts';
import { sampleCapacity } from './sample-capacity.ts';
import { sampleLoad } from './sample-load-record.ts';
import { sampleRun } from './sample-record.ts';

const { record } = sampleRun();

describe('the JSON report', () => {
  it('is the record, whole', () => {
    expect(recordSchema.parse(JSON.parse(renderJson(record)))).toEqual(record);
  });

  it('is whole for a load and a capacity search, too', () => {
    for (const { record: other } of [sampleLoad(), sampleCapacity()])
      expect(recordSchema.parse(JSON.parse(renderJson(other)))).toEqual(other);
  });

  it('does not depend on the order of keys', () => {
    const reversed = Object.fromEntries(Object.entries(record).reverse()) as typeof record;
    expect(renderJson(reversed)).toBe(renderJson(record));
  });
});
