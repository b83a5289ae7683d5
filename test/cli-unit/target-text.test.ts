import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { settingsBlock } from '../../src/cli/settings-block.ts';
import { renderAcceptance, renderCheck } from '../../src/cli/target-text.ts';
import type { Change, TargetCheck } from '../../src/experiments/target-check.ts';

const VIEW = { colour: false, width: 80 };

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROLS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/;

function checkWith(text: string): TargetCheck {
  return {
    target: { url: `http://h/${text}`, method: 'POST', preset: null },
    question: { id: text, text },
    connection: {
      address: '::1',
      port: 443,
      connectMs: 1.5,
      tls: { protocol: 'TLSv1.3', subject: text, issuer: 'an authority', validTo: 'Jan  1 2027 GMT' },
    },
    response: {
      status: 200,
      contentType: 'application/json',
      headMs: 1,
      firstByteMs: null,
      firstTokenMs: 2,
      totalMs: 3,
      bytes: 2048,
      pieces: 3,
      text,
      clipped: true,
    },
    failure: null,
    understood: [
      { field: 'answer', setting: 'target.response.answer', expression: text, value: text, note: null },
      { field: 'passages', setting: 'target.response.passages', expression: 'x', value: 1, note: null },
      { field: 'its id', setting: 'target.response.passageId', expression: null, value: null, note: text },
    ],
    passages: [{ id: text, score: null, text, known: null }],
    ids: null,
    changes: [
      { setting: 'target.response.answer', value: text, reason: text, trust: 'low' },
      { setting: null, value: null, reason: 'Do this.', trust: 'high' },
    ],
  };
}

describe('what target check prints', () => {
  it('is short, and says what is a guess', () => {
    const text = renderCheck(checkWith('words'), VIEW);
    for (const line of [
      'Connection  made to [::1]:443 in 1.50 ms',
      'TLS         TLSv1.3, certificate of words by an authority until Jan 1 2027 GMT',
      'Response    status 200, application/json, 2.00 KiB in 3 pieces',
      'Times       head 1.00 ms · first byte – · first token 2.00 ms · whole 3.00 ms',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
    expect(text).toContain('→ target.response.answer = words\n    words (a guess)\n! Do this.');
    expect(text).toContain('  target:\n    response:\n      answer: words\n');
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('moves no cursor and no line, whatever came back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(renderCheck(checkWith(text), VIEW)).not.toMatch(CONTROLS);
        const result = {
          name: 'health',
          status: 'failed',
          detail: text,
          hint: 'Do this.',
          seconds: 1,
        } as const;
        expect(renderAcceptance(text, [result], VIEW)).not.toMatch(CONTROLS);
      }),
      { examples: [['.\t$']] },
    );
  });
});

describe('changes as settings', () => {
  it('are YAML that says the same', () => {
    const change = (setting: string | null, value: Change['value']): Change => ({
      setting,
      value,
      reason: '',
      trust: 'high',
    });
    const changes = [
      change('target.body', { q: '{{question}}' }),
      change('target.response.answer', '@'),
      change(null, null),
      change('target.response.passages', "hits[?a=='b: c']"),
    ];
    expect(parse(settingsBlock(changes))).toEqual({
      target: { body: { q: '{{question}}' }, response: { answer: '@', passages: "hits[?a=='b: c']" } },
    });
    expect(settingsBlock([change(null, null)])).toBe('');
  });
});
