import type { Page } from 'playwright-core';

/** What a page owes to those who see or work it in another way, computed in the browser itself. */

/** Controls, pictures and regions that can be reached but have no name for a screen reader. */
export async function namelessControls(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`
    (() => {
      const byIds = (ids) => ids.split(/\\s+/).map((id) => document.getElementById(id)?.textContent ?? '').join(' ');
      const nameOf = (element) =>
        element.getAttribute('aria-label') ??
        (element.hasAttribute('aria-labelledby') ? byIds(element.getAttribute('aria-labelledby')) : null) ??
        [...(element.labels ?? [])].map((label) => label.textContent).join(' ');
      const found = document.querySelectorAll('input, select, progress, [tabindex], [role=img], [role=region], section');
      const byText = document.querySelectorAll('a, button, summary, th, caption');
      return [
        ...[...found].filter((element) => nameOf(element).trim() === ''),
        ...[...byText].filter((element) => element.textContent.trim() === ''),
      ].map((element) => element.outerHTML.slice(0, 120));
    })()
  `);
}

/** Texts that stand out too little from their ground: WCAG 2.2, 1.4.3 (4.5, and 3 for large text). */
export async function contrastFailures(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`
    (() => {
      const parse = (colour) => {
        const [red, green, blue, alpha = 1] = colour.match(/[\\d.]+/g).map(Number);
        return { red, green, blue, alpha };
      };
      const over = (top, below) => {
        const mix = (key) => top[key] * top.alpha + below[key] * (1 - top.alpha);
        return { red: mix('red'), green: mix('green'), blue: mix('blue'), alpha: 1 };
      };
      const channel = (value) => {
        const share = value / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      };
      const luminance = ({ red, green, blue }) =>
        0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue);
      const groundOf = (element) => {
        const layers = [];
        for (let each = element; each; each = each.parentElement) layers.push(parse(getComputedStyle(each).backgroundColor));
        return layers.reduceRight((below, top) => over(top, below), { red: 255, green: 255, blue: 255, alpha: 1 });
      };
      const failures = [];
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const { parentElement: element, textContent } = walker.currentNode;
        if (textContent.trim() === '' || element.closest('script, style, noscript, .unseen')) continue;
        if (!element.checkVisibility()) continue;
        const style = getComputedStyle(element);
        const ground = groundOf(element);
        const colour = over(parse(element.namespaceURI.endsWith('svg') ? style.fill : style.color), ground);
        const [light, dark] = [luminance(colour), luminance(ground)].sort((a, b) => b - a);
        const ratio = (light + 0.05) / (dark + 0.05);
        const size = Number.parseFloat(style.fontSize);
        const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 600);
        if (ratio < (isLarge ? 3 : 4.5)) failures.push(textContent.trim().slice(0, 40) + ': ' + ratio.toFixed(2));
      }
      return failures;
    })()
  `);
}
