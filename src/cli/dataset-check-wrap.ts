import { cellWidth } from './cell-width.ts';

/** Words on lines: the first begins after `first` cells, the others after `indent`. */
export function wrap(text: string, width: number, first = 0, indent = first): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const room = Math.max(20, width - (lines.length === 0 ? first : indent));
    const longer = line === '' ? word : `${line} ${word}`;
    if (cellWidth(longer) <= room || line === '') line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}
