import type { MetricReading, MetricsSnapshot, MetricValue } from './snapshot.ts';

/** Media types of the two formats. */
export const TEXT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
export const OPENMETRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

export type ExpositionFormat = 'text' | 'openmetrics';

/**
 * The format that a scrape asks for by its Accept header (RFC 9110): OpenMetrics where it is named and weighs no less than plain
 * text. `*` is for text: it is what everybody reads.
 */
export function formatFor(accept: string | undefined): ExpositionFormat {
  let openMetrics = 0;
  let text = 0;
  for (const range of (accept ?? '').slice(0, LONGEST_ACCEPT).split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const q = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    const weight = q === undefined ? 1 : Number(q) || 0;
    if (type === 'application/openmetrics-text') openMetrics = Math.max(openMetrics, weight);
    else if (type === 'text/plain') text = Math.max(text, weight);
  }
  return openMetrics > 0 && openMetrics >= text ? 'openmetrics' : 'text';
}

/** Prometheus sends some 250 characters. */
const LONGEST_ACCEPT = 2000;

/** Metrics as text, each name once, in either format (https://prometheus.io/docs/instrumenting/exposition_formats/). */
export function writeExposition(metrics: MetricsSnapshot, format: ExpositionFormat): string {
  const lines: string[] = [];
  for (const metric of metrics) writeMetric(lines, metric, format);
  if (format === 'openmetrics') lines.push('# EOF');
  lines.push('');
  return lines.join('\n');
}

function writeMetric(lines: string[], metric: MetricReading, format: ExpositionFormat): void {
  const { name, type, help, values } = metric;
  const open = format === 'openmetrics';
  const family = open && type === 'counter' ? name.replace(/_total$/, '') : name;
  lines.push(`# HELP ${family} ${open ? quoted(help) : escaped(help)}`, `# TYPE ${family} ${type}`);
  for (const value of values) {
    const exemplar = open ? exemplarOf(value) : '';
    lines.push(`${value.metricName ?? name}${labelsOf(value.labels)} ${numeral(value.value)}${exemplar}`);
  }
}

function labelsOf(labels: MetricValue['labels']): string {
  let text = '';
  for (const label in labels) {
    text += `${text === '' ? '{' : ','}${label}="${quoted(String(labels[label]))}"`;
  }
  return text === '' ? '' : `${text}}`;
}

function exemplarOf({ exemplar }: MetricValue): string {
  if (exemplar == null) return '';
  const { labelSet, value, timestamp } = exemplar;
  const labels = labelsOf(labelSet);
  return ` # ${labels === '' ? '{}' : labels} ${numeral(value)} ${timestamp}`;
}

const escaped = (text: string): string =>
  /[\\\n]/.test(text) ? text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n') : text;

const quoted = (text: string): string => escaped(text).replaceAll('"', '\\"');

function numeral(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}
