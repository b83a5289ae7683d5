import { oneLine } from '../plain.ts';

/**
 * One line of text, in which Markdown and HTML mean nothing and nobody is notified: a word joiner stops a code
 * host from linking @ and # to people and issues.
 */
export function escapeMarkdown(text: string): string {
  return oneLine(text)
    .replace(/[\\`*_{}[\]|~]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/(?<!\w)@|#(?=\d)/g, '$&\u2060')
    .replace(/(https?|ftp|www)(?=[:.])/gi, '$&\u2060');
}

/** A table of text; the first column is set left, the others right. No rows, no table. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  const rule = `| ${headings.map((_, index) => (index === 0 ? '---' : '---:')).join(' | ')} |`;
  return [line(headings), rule, ...rows.map(line)].join('\n');
}

/** A heading and what stands below it; nothing where that is nothing. */
export function titled(heading: string, body: string): string {
  return body === '' ? '' : `### ${escapeMarkdown(heading)}\n\n${body}`;
}
