/** Other people's text (questions, answers, names) made safe to show: nothing in it can move the cursor or the line. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
/** Embeddings, overrides and isolates: they would turn the text around them, too. */
const TURNS = /[\u202a-\u202e\u2066-\u2069]/g;
const LONE_SURROGATES = /\p{Surrogate}/gu;

/** Control characters as their pictures (␀), what turns direction and lone surrogates as �. Newline and tab stay. */
export function visible(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(CONTROLS, picture)
    .replace(TURNS, '\ufffd')
    .replace(LONE_SURROGATES, '\ufffd');
}

function picture(control: string): string {
  const code = control.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '\u2421' : '\ufffd';
}

/** Safe, and on one line. */
export function oneLine(text: string): string {
  return visible(text)
    .replace(/[\s\u2028\u2029]+/g, ' ')
    .trim();
}

/** At most `length` characters, the last an ellipsis where something was cut; never half a surrogate pair. */
export function clip(text: string, length: number): string {
  if (text.length <= length) return text;
  const end = length - 1;
  const splitsPair = /[\ud800-\udbff]/.test(text.charAt(end - 1));
  return `${text.slice(0, splitsPair ? end - 1 : end)}…`;
}

/** A space that breaks no line between a number and its unit: 58.3 %, 200 ms, 80 /s. */
export function keepUnits(text: string): string {
  return text.replace(/(\d) (?=(?:%|ms|s|min|\/s)(?!\w))/g, '$1\u00a0');
}
