import { parseQuery } from './promql.ts';

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

/** A duration of Prometheus, `3m36s`, in milliseconds; undefined where it is none. */
export function durationMs(text: string): number | undefined {
  if (!/^(\d+(ms|[smhdwy]))+$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+)(ms|[smhdwy])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * UNIT_MS[unit!]!,
    0,
  );
}

/**
 * What an expression asks for and holds it against, however it is written: Prometheus tells a rule in its own spelling (1e-06,
 * 1w, blanks). Its series with their matchers and windows, and its numbers, in order.
 */
export function essenceOf(expr: string): string {
  const { selectors } = parseQuery(expr);
  const series = selectors.map(({ metric, matchers, range }) => [
    metric,
    matchers.map(({ label, op, value }) => `${label}${op}${value}`).sort(),
    range === undefined ? null : (durationMs(range) ?? range),
  ]);
  const bare = expr.replace(/"(?:[^"\\]|\\.)*"|\{[^}]*\}|\[[^\]]*\]/g, ' ');
  const numbers = [...bare.matchAll(/(?<![\w:.])\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w:.])/gi)].map(([text]) =>
    Number(text),
  );
  return JSON.stringify([series, numbers]);
}
