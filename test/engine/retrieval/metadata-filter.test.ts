import { describe, expect, it } from 'vitest';
import { compileMetadataFilter } from '../../../src/engine/retrieval/metadata-filter.ts';

const notice = {
  kind: 'notice',
  year: 2025,
  tags: ['fares', 'island'],
  valid: true,
  place: { port: 'Hale' },
};

describe('a metadata filter', () => {
  it.each([
    ['an equal value', { kind: 'notice' }],
    ['every field equal', { kind: 'notice', year: 2025, valid: true }],
    ['any value of a list', { kind: ['manual', 'notice'] }],
    ['a list in the metadata that holds the value', { tags: 'island' }],
    ['two lists that share a value', { tags: ['harbour', 'fares'] }],
    ['an equal object, whatever the order of its fields', { place: { port: 'Hale' } }],
    ['nothing asked', {}],
  ])('accepts %s', (_name, filter) => {
    expect(compileMetadataFilter(filter)(notice)).toBe(true);
  });

  it.each([
    ['another value', { kind: 'manual' }],
    ['one field of two', { kind: 'notice', year: 2024 }],
    ['a value of another type', { year: '2025' }],
    ['a field that is missing', { author: 'Vance' }],
    ['a field that is missing, asked for as undefined', { author: undefined }],
    ['a field that is there, asked for as undefined', { kind: undefined }],
    ['an empty list', { kind: [] }],
    ['a name that every object inherits', { constructor: Object }],
    ['an object as text', { place: '{"port":"Hale"}' }],
  ])('refuses %s', (_name, filter) => {
    expect(compileMetadataFilter(filter)(notice)).toBe(false);
  });

  it('tells null from missing', () => {
    expect(compileMetadataFilter({ until: null })({ until: null })).toBe(true);
    expect(compileMetadataFilter({ until: null })({})).toBe(false);
  });
});
