// Colours from the style sheet for those who paint on a canvas.
import { parseRgb, type Rgb } from './dsp/colormap';

/** What a custom property such as `--accent` comes to at this element, in its theme. */
export function cssColor(element: Element, property: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${property})`;
  probe.hidden = true;
  element.append(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  return color;
}

export function cssRgb(element: Element, property: string): Rgb {
  return parseRgb(cssColor(element, property));
}
