/** Conveniences on top of a page that is whole without them: sort tables, filter questions, print what is folded. */
export const SCRIPT = `
(() => {
  'use strict';
  const textOf = (cell) => (cell.firstChild && cell.firstChild.nodeValue || cell.textContent).trim();
  const valueOf = (cell) => {
    const text = textOf(cell);
    if (!cell.classList.contains('n')) return text;
    const match = text.replace(/[\\s\\u202f]/g, '').match(/-?\\d+(\\.\\d+)?/);
    return match ? Number(match[0]) : null;
  };
  const compare = (a, b) => {
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
  };
  for (const table of document.querySelectorAll('table[data-sort]')) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener('click', () => {
        const down = head.getAttribute('aria-sort') === 'ascending';
        for (const other of heads) other.removeAttribute('aria-sort');
        head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
        const body = table.tBodies[0];
        const value = (row) => valueOf(row.cells[column]);
        const rows = [...body.rows].sort((a, b) => (down ? -1 : 1) * compare(value(a), value(b)));
        body.append(...rows);
      });
    });
  }
  const filter = document.getElementById('question-filter');
  const questions = [...document.querySelectorAll('.question')];
  if (filter && questions.length > 1) {
    filter.hidden = false;
    filter.querySelector('select').addEventListener('change', (event) => {
      const wanted = event.target.value;
      for (const question of questions) question.hidden = wanted !== '' && question.dataset.funnel !== wanted;
    });
  }
  const folded = () => [...document.querySelectorAll('details.print')].filter((details) => !details.open);
  let opened = [];
  addEventListener('beforeprint', () => {
    opened = folded();
    for (const details of opened) details.open = true;
  });
  addEventListener('afterprint', () => {
    for (const details of opened) details.open = false;
  });
})();
`;
