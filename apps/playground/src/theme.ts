import { signal } from '@preact/signals';

const dark = matchMedia('(prefers-color-scheme: dark)');
const calm = matchMedia('(prefers-reduced-motion: reduce)');

/** Counts changes of the colors: whatever draws by itself draws again. */
export const themeChanges = signal(0);

/** The least milliseconds between two pictures. */
export const pace = (): number => (calm.matches ? 1000 : 120);

/** A color of the style sheet, as it is now. */
export const color = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

function take(theme: unknown): void {
  const { dataset } = document.documentElement;
  if ((theme !== 'light' && theme !== 'dark') || dataset['theme'] === theme) return;
  dataset['theme'] = theme;
  themeChanges.value++;
}

/** Follows the system, `?theme=dark` in the address, or `{ theme: 'dark' }` as a message of the page around this one. */
export function followTheme(): void {
  take(new URLSearchParams(location.search).get('theme'));
  dark.addEventListener('change', () => themeChanges.value++);
  if (window.parent === window) return;
  document.documentElement.classList.add('embedded');
  addEventListener(
    'message',
    ({ source, data }: MessageEvent<{ readonly theme?: unknown } | null>) => {
      if (source === window.parent) take(data?.theme);
    },
  );
  // The page around this one can give it the height that it needs.
  new ResizeObserver(() => {
    const height = document.documentElement.offsetHeight;
    window.parent.postMessage({ kind: 'secateur-height', height }, '*');
  }).observe(document.body);
}
