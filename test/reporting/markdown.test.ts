import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeMarkdown, renderMarkdown } from '../../src/reporting/markdown.ts';
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
