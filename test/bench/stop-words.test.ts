import { describe, expect, it } from 'vitest';
import { rewrite } from '../../bench/stop-words.ts';
import { analyse } from '../../src/text/analyse.ts';

const TEXT = 'The ferry is on the island';

describe('another list of stop words', () => {
  it('leaves out its own words, and keeps those of the default list', () => {
    expect(analyse(TEXT)).toEqual(['ferri', 'island']);
    expect(analyse(rewrite(TEXT, new Set()))).toHaveLength(6);
    expect(analyse(rewrite(TEXT, new Set(['the', 'ferry'])))).toEqual(['zqxi', 'zqxon', 'island']);
  });
});
