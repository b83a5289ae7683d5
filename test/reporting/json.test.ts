import { describe, expect, it } from 'vitest';
import { recordSchema } from '../../src/records/schema.ts';
import { renderJson } from '../../src/reporting/json.ts';
import { sampleRun } from './sample-record.ts';

const { record } = sampleRun();

describe('the JSON report', () => {
  it('is the record, whole', () => {
    expect(recordSchema.parse(JSON.parse(renderJson(record)))).toEqual(record);
  });

  it('does not depend on the order of keys', () => {
    const reversed = Object.fromEntries(Object.entries(record).reverse()) as typeof record;
    expect(renderJson(reversed)).toBe(renderJson(record));
  });
});
