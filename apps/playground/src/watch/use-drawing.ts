import { effect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { pace, themeChanges } from '../theme.ts';

/** A canvas, with what it takes to draw on it in the units of the page. */
export interface Sheet {
  readonly context: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
}

/**
 * A canvas that `draw` draws whenever a signal that it reads changes, the canvas its size or the page its colors; not more often
 * than eyes follow, so that the page stays free.
 */
export function useDrawing(draw: (sheet: Sheet) => void, reads: () => unknown) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current!;
    const context = element.getContext('2d')!;
    let last = 0;
    let waiting = 0;
    const paint = (): void => {
      waiting = 0;
      last = performance.now();
      const { clientWidth: width, clientHeight: height } = element;
      const scale = Math.min(2, devicePixelRatio);
      const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
      if (element.width !== w || element.height !== h) {
        element.width = w;
        element.height = h;
      }
      context.setTransform(scale, 0, 0, scale, 0, 0);
      context.clearRect(0, 0, width, height);
      if (width > 0 && height > 0) draw({ context, width, height });
    };
    const later = (): void => {
      if (waiting !== 0) return;
      // Each picture in a task of its own: all of them in one frame would be a long one.
      waiting = window.setTimeout(paint, Math.max(4, last + pace() - performance.now()));
    };
    const stop = effect(() => {
      reads();
      void themeChanges.value;
      later();
    });
    const size = new ResizeObserver(later);
    size.observe(element);
    return () => {
      stop();
      size.disconnect();
      clearTimeout(waiting);
    };
    // What is drawn follows from signals alone.
  }, []);
  return canvas;
}
