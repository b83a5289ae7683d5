import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeMarkdown } from '../../src/reporting/markdown/text.ts';
import { renderMarkdown } from '../../src/reporting/markdown.ts';
import { AUTOCANNON } from './sample-autocannon.ts';
import { sampleCapacity, sampleSweep } from './sample-capacity.ts';
import { sampleGate } from './sample-gate.ts';
import { sampleLoad } from './sample-load-record.ts';
import { HOSTILE } from './sample-questions.ts';
import { sampleRun, withoutNumbers } from './sample-record.ts';

const { record } = sampleRun();

/** Cells of a table line: cut at the pipes that no backslash precedes. */
function cellsOf(line: string): string[] {
  return line.slice(1, -1).split(/(?<=(?:^|[^\\])(?:\\\\)*)\|/);
}

function tables(markdown: string): string[][] {
  return markdown
    .split('\n\n')
    .filter((block) => block.startsWith('|'))
    .map((block) => block.trimEnd().split('\n'));
}

describe('summary.md', () => {
  it('says the headline first', () => {
    expect(renderMarkdown(record)).toMatch(/^## Right within 100 ms: \d+\.\d %\n/);
  });

  it('keeps every table whole, whatever the text in it', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...HOSTILE)), (text) => {
        const [question] = record.questions!;
        const hostile = {
          ...question!,
          question: text,
          expected: { ...question!.expected, answers: [text] },
        };
        const markdown = renderMarkdown({ ...record, questions: [hostile] });
        const found = tables(markdown);
        expect(found.length).toBeGreaterThan(4);
        for (const lines of found) {
          const width = cellsOf(lines[0]!).length;
          for (const line of lines) expect(cellsOf(line)).toHaveLength(width);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('lets no markup, mention or link through', () => {
    const markdown = renderMarkdown(record);
    expect(markdown).not.toMatch(/<(?!\/?(details|summary)>)/);
    expect(markdown).not.toContain('@everyone');
    expect(markdown).not.toMatch(/https?:\/\//);
    expect(escapeMarkdown('a | `b` <c> [d](e)\n#1')).toBe('a \\| \\`b\\` &lt;c&gt; \\[d\\](e) #\u20601');
  });

  it('keeps the names of measures as they are', () => {
    expect(renderMarkdown(record)).toContain('| ndcg@10 | 0.812 | 0.771–0.850 | 54 |');
  });

  it('fits a comment on a pull request', () => {
    expect(renderMarkdown(sampleRun({ questions: 200 }).record).length).toBeLessThan(60_000);
  });

  it('writes a dash for what is null', () => {
    const lines = renderMarkdown(withoutNumbers(record)).split('\n');
    expect(lines).toContain('| Latency p95 | – |  |');
    expect(lines).toContain('| ndcg@10 | – | – | 54 |');
  });
});

describe('summary.md of a load or a search', () => {
  const load = sampleLoad().record;

  it('says first whether it held, then clause by clause', () => {
    const markdown = renderMarkdown(load);
    expect(markdown).toMatch(/^## FAIL: held up to 80 \/s, not at 110 \/s\n/);
    expect(markdown).toContain(
      '| p95 &lt; 1.5s | ✓ 600 ms | ✓ 592 ms | ✓ 654 ms | ✗ 2\u202f032 ms |'.replace('2\u202f032', '2 032'),
    );
    expect(markdown).toContain(
      '| error &lt; 2% | ✗ FAIL | 13.2 % | 13.2 % error | 12.0–14.3 % | at most 2 % |  |',
    );
  });

  it('holds the curve, the parts of latency, the generator, errors and cost', () => {
    const markdown = renderMarkdown(load);
    for (const heading of [
      'Quality against load',
      'Times in load 110 /s',
      'The load generator',
      'Errors',
      'Cost',
    ])
      expect(markdown).toContain(`### ${heading}\n\n|`);
    expect(markdown).toContain('Questions to look at first');
  });

  it('keeps every table whole, whatever the target said', () => {
    for (const text of HOSTILE) {
      const errorClasses = [{ name: text, count: 1, example: text }];
      const slo = load.load!.slo!;
      const clause = { ...slo.phases[0]!.clauses[0]!, reason: text };
      const hostile = {
        ...load,
        load: {
          ...load.load!,
          errorClasses,
          slo: { ...slo, phases: [{ ...slo.phases[0]!, clauses: [clause] }] },
          autocannon: { ...AUTOCANNON, caveats: [text] },
        },
      };
      const markdown = renderMarkdown(hostile);
      expect(markdown).not.toMatch(/<(?!\/?(details|summary)>)/);
      for (const lines of tables(markdown)) {
        const width = cellsOf(lines[0]!).length;
        for (const line of lines) expect(cellsOf(line)).toHaveLength(width);
      }
    }
  });

  it('of a search lists every probe', () => {
    const { record: search } = sampleCapacity();
    const markdown = renderMarkdown(search);
    expect(markdown).toMatch(/^## Holds 77–79 requests\/s\n/);
    expect(markdown.match(/^\| \d+ \| (closed|climb|bisect|narrow|confirm) \|/gm)).toHaveLength(18);
    expect(renderMarkdown(sampleSweep().record)).toMatch(/^## Held up to 80 requests\/s\n/);
  });

  it("keeps autocannon's latencies out of every table", () => {
    const { record: saturated } = sampleLoad({ plans: [], slo: null, load: { autocannon: AUTOCANNON } });
    const markdown = renderMarkdown(saturated);
    expect(markdown).toMatch(/^> By its own clock, and not comparable with other latencies: p50 3\.80 ms/m);
    expect(tables(markdown).flat().join('')).not.toContain('9.10 ms');
  });
});

describe('the Markdown of a gate', () => {
  it('folds what the candidate came to by itself, behind the verdict', () => {
    const text = renderMarkdown(sampleGate());
    const [before, folded] = text.split('<details><summary>What the candidate came to by itself</summary>');
    expect(before).toContain('FAIL');
    expect(before).not.toContain('### Quality');
    expect(folded).toContain('### Quality');
    expect(renderMarkdown(record)).not.toContain('by itself');
  });
});
