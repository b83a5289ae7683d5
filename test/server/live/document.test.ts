import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { STYLE as REPORT_STYLE } from '../../../src/reporting/html/style.ts';
import { refusalOf } from '../../../src/server/live/admission.ts';
import { CHARTS } from '../../../src/server/live/charts.ts';
import { contentSecurityPolicy, escapeHtml, renderPage } from '../../../src/server/live/document.ts';
import { encodeEvent } from '../../../src/server/live/event-stream.ts';
import { STYLE } from '../../../src/server/live/style.ts';

describe('the page', () => {
  const page = renderPage({ title: `<script>alert('x')</script>`, nonce: 'bm9uY2U=' });

  it('holds nothing of a title but its text', () => {
    expect(page).not.toContain('<script>alert');
    expect(page).toContain('&#60;script&#62;alert(&#39;x&#39;)&#60;/script&#62;');
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('<', '>', '&', '"', "'", '`', 'a') }), (text) => {
        expect(escapeHtml(text)).not.toMatch(/[<>"'`]|&(?!#\d+;)/);
      }),
    );
  });

  it('lets only its own style and script apply, and asks nobody but its server', () => {
    expect(contentSecurityPolicy('bm9uY2U=')).toBe(
      "default-src 'none'; style-src 'nonce-bm9uY2U='; script-src 'nonce-bm9uY2U='; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(page.match(/<(?:script|style)[^>]*>/g)).toEqual([
      '<style nonce="bm9uY2U=">',
      '<script nonce="bm9uY2U=">',
    ]);
    expect(page).not.toMatch(/ (?:style|on[a-z]+)="/);
    expect(page.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/(?:src|href)="(?!\/)|https?:\/\//);
  });

  it('names every chart, describes it and has a table of its data', () => {
    for (const { id, series } of CHARTS) {
      const figure = page.slice(page.indexOf(`<figure id="${id}"`));
      const text = figure.slice(0, figure.indexOf('</figure>'));
      expect(text).toContain(`<figcaption id="${id}-title">`);
      expect(text).toContain(`role="img" aria-labelledby="${id}-title" aria-describedby="${id}-text"`);
      expect(text.match(/<th scope="col">/g)).toHaveLength(series.length + 2);
    }
  });
});

describe('the palette', () => {
  /** Custom properties by the block that they stand in: light first, then dark. */
  function palettes(style: string): Map<string, string>[] {
    return [...style.matchAll(/:root \{([^}]*)\}/g)].map(
      ([, block]) =>
        new Map([...block!.matchAll(/(--[a-z]+): ([^;]+);/g)].map(([, name, value]) => [name!, value!])),
    );
  }

  it('is that of the report', () => {
    const report = palettes(REPORT_STYLE);
    for (const [index, colours] of palettes(STYLE).entries()) {
      expect(colours.size).toBeGreaterThan(10);
      for (const [name, value] of colours) expect([name, value]).toEqual([name, report[index]!.get(name)]);
    }
    expect(STYLE.match(/html \{ font: [^;]+;/)![0]).toBe(REPORT_STYLE.match(/html \{ font: [^;]+;/)![0]);
  });

  it.each([
    [0, 'light'],
    [1, 'dark'],
  ])('can be read on every ground that it stands on (%i, %s)', (index) => {
    const colours = palettes(STYLE)[index]!;
    const contrast = (a: string, b: string): number => {
      const [light, dark] = [luminance(colours.get(a)!), luminance(colours.get(b)!)].sort((x, y) => y - x);
      return (light! + 0.05) / (dark! + 0.05);
    };
    // WCAG 2.2, 1.4.3 and 1.4.11: text, then lines and large text.
    for (const [text, ground] of [
      ['--ink', '--paper'],
      ['--soft', '--paper'],
      ['--ink', '--raised'],
      ['--soft', '--raised'],
      ['--ink', '--stop'],
      ['--ink', '--mind'],
    ] as const) {
      expect([text, ground, contrast(text, ground) >= 4.5]).toEqual([text, ground, true]);
    }
    for (const line of ['--blue', '--green', '--orange', '--vermilion', '--purple', '--grey']) {
      expect([line, contrast(line, '--paper') >= 3]).toEqual([line, true]);
    }
  });

  /** Relative luminance, WCAG 2.2. */
  function luminance(hex: string): number {
    const digits =
      hex.length === 4 ? [...hex.slice(1)].map((digit) => digit + digit) : hex.slice(1).match(/../g)!;
    const [red, green, blue] = digits.map((pair) => {
      const value = Number.parseInt(pair, 16) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  }
});

describe('an event of the stream', () => {
  it('comes out as it went in, whatever its text', () => {
    const text = fc.string({
      unit: fc.oneof(fc.constantFrom('\n', '\r', '\u2028', ':', 'data: '), fc.string()),
    });
    fc.assert(
      fc.property(text, (value) => {
        const lines = encodeEvent('point', { value }).split(/\r\n|\r|\n/);
        expect(lines).toEqual(['event: point', expect.stringMatching(/^data: /), '', '']);
        expect(JSON.parse(lines[1]!.slice('data: '.length))).toEqual({ value });
      }),
    );
  });
});

describe('a request', () => {
  const asked = { method: 'GET', host: '127.0.0.1:4000', site: undefined, path: '/' };

  it.each(['127.0.0.1', '127.0.0.1:4000', 'localhost:4000', 'LOCALHOST', '[::1]:4000'])(
    'to %s is answered',
    (host) => {
      expect(refusalOf({ ...asked, host })).toBeUndefined();
    },
  );

  it.each([
    undefined,
    '',
    'evil.example',
    'evil.example:4000',
    '127.0.0.1.evil.example',
    'localhost.evil.example:4000',
    '127.0.0.1:4000@evil.example',
    '192.168.1.7:4000',
    '127.0.0.1:4000 ',
  ])('to the host %j is refused, for somebody may have rebound its name', (host) => {
    expect(refusalOf({ ...asked, host })?.status).toBe(403);
  });

  it.each(['POST', 'HEAD', 'OPTIONS', 'PUT', undefined])('by %s is not allowed', (method) => {
    expect(refusalOf({ ...asked, method })).toMatchObject({ status: 405, headers: { allow: 'GET' } });
  });

  it.each([
    ['/', 'cross-site', true],
    ['/events', 'cross-site', false],
    ['/events', 'same-site', false],
    ['/events', 'same-origin', true],
    ['/icon.svg', 'none', true],
    ['/events', undefined, true],
  ])('for %s from %s: %s', (path, site, isAnswered) => {
    expect(refusalOf({ ...asked, path, site }) === undefined).toBe(isAnswered);
  });
});
