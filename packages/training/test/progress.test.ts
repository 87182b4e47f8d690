import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { progressBar } from '@secateur/training';
import { formatProgress } from '../src/progress-text.ts';
import { rateMeter } from '../src/rate-meter.ts';

/** A stream that keeps what is written, with a clock to turn by hand. */
function screen(terminal: boolean) {
  const stream = Object.assign(new PassThrough(), { isTTY: terminal, columns: 100 });
  let written = '';
  stream.on('data', (chunk: Buffer) => (written += chunk.toString()));
  const clock = { time: 0 };
  return { stream, clock, now: () => clock.time, text: () => written };
}

afterEach(() => {
  vi.useRealTimers();
});

describe('progressBar', () => {
  test('writes plain lines every few seconds where there is no terminal', () => {
    const { stream, clock, now, text } = screen(false);
    const progress = progressBar({ total: 100, stream, now, interval: 5 });
    for (let step = 1; step <= 100; step++) {
      clock.time += 100;
      progress.update(step, { epoch: step > 50 ? 2 : 1, loss: 5 - step / 100, units: 70 });
    }
    progress.stop();
    progress.stop();
    expect(text()).toBe(
      '50/100  epoch 1  loss 4.500  700 words/s  ETA 5s\n' +
        '100/100  epoch 2  loss 4.000  700 words/s  ETA 0s\n',
    );
    expect(progress.rate()).toBeCloseTo(700);
  });

  test('ends with a last line if something came after the one before', () => {
    const { stream, clock, now, text } = screen(false);
    const progress = progressBar({ total: 10, start: 4, stream, now, unit: 'steps' });
    clock.time += 2000;
    progress.update(6);
    progress.stop();
    expect(text()).toBe('6/10  1.00 steps/s  ETA 4s\n');
  });

  test('draws a bar on a terminal, and the text with it', () => {
    vi.useFakeTimers();
    const { stream, clock, now, text } = screen(true);
    const progress = progressBar({ total: 8, stream, now });
    clock.time += 1000;
    progress.update(2, { epoch: 1, loss: 6.25, units: 2500 });
    vi.advanceTimersByTime(1000);
    progress.log('valid perplexity 80');
    progress.stop();
    expect(text()).toContain(
      '====------------  25%  2/8  epoch 1  loss 6.250  2,500 words/s  ETA 3s',
    );
    expect(text()).toContain('\r\u001b[Kvalid perplexity 80\n');
    expect(vi.getTimerCount()).toBe(0);
    expect(process.listeners('SIGINT')).toEqual([]);
  });

  test('cuts the bar to the width of the terminal', () => {
    const { stream, now, text } = screen(true);
    stream.columns = 24;
    const progress = progressBar({ total: 8, stream, now });
    progress.update(4, { epoch: 1, loss: 6.25 });
    progress.stop();
    expect(text()).toContain('========--------  50%');
    expect(text()).not.toContain('4/8');
  });

  test('is silent when asked, and still measures', () => {
    const { stream, clock, now, text } = screen(true);
    const progress = progressBar({ total: 8, stream, now, mode: 'silent' });
    clock.time += 500;
    progress.update(4, { units: 50 });
    progress.log('nothing');
    progress.stop();
    expect(text()).toBe('');
    expect(progress.rate()).toBe(100);
  });

  test('writes a line of its own between plain lines', () => {
    const { stream, now, text } = screen(false);
    const progress = progressBar({ total: 8, stream, now });
    progress.log('epoch 1: perplexity 80');
    progress.stop();
    expect(text()).toBe('epoch 1: perplexity 80\n');
  });

  test('checks its options', () => {
    expect(() => progressBar({ total: 0 })).toThrow(
      'progressBar: expected whole numbers, total >= 1 and start >= 0, found total 0 and start 0',
    );
    expect(() => progressBar({ total: 1, mode: 'loud' as 'bar' })).toThrow(
      'progressBar: expected mode auto, bar, lines or silent, found loud',
    );
  });
});

describe('formatProgress', () => {
  test('leaves out what is not known', () => {
    const state = {
      value: 0,
      total: 9,
      epoch: undefined,
      loss: undefined,
      rate: 0,
      unit: 'words',
      eta: undefined,
    };
    expect(formatProgress(state)).toBe('0/9');
    expect(formatProgress({ ...state, loss: 1.2345e-5, rate: 12.345 })).toBe(
      '0/9  loss 1.23e-5  12.3 words/s',
    );
    expect(formatProgress({ ...state, loss: 0, eta: 61 })).toBe('0/9  loss 0.000  ETA 1m01s');
  });

  test('says the time to go in two units at most', () => {
    const state = { value: 0, total: 9, epoch: undefined, loss: undefined, rate: 0, unit: 'words' };
    const said = [-1, 0, 59.4, 59.6, 130, 3599, 3600, 11_100, 86_399, 187_200].map((eta) =>
      formatProgress({ ...state, eta }),
    );
    expect(said).toEqual([
      '0/9  ETA 0s',
      '0/9  ETA 0s',
      '0/9  ETA 59s',
      '0/9  ETA 1m00s',
      '0/9  ETA 2m10s',
      '0/9  ETA 59m59s',
      '0/9  ETA 1h00m',
      '0/9  ETA 3h05m',
      '0/9  ETA 23h59m',
      '0/9  ETA 2d04h',
    ]);
  });
});

describe('rateMeter', () => {
  test('follows a change of pace within its window', () => {
    const meter = rateMeter(10_000);
    expect(meter.perSecond()).toBe(0);
    let total = 0;
    let time = 0;
    const run = (seconds: number, pace: number): void => {
      for (let i = 0; i < seconds * 100; i++) meter.add((total += pace / 100), (time += 10));
    };
    run(30, 50);
    expect(meter.perSecond()).toBeCloseTo(50, 6);
    run(5, 150);
    // Half of the window at either pace.
    expect(Math.abs(meter.perSecond() - 100)).toBeLessThan(5);
    run(6, 150);
    expect(meter.perSecond()).toBeCloseTo(150, 6);
  });

  test('knows nothing of one moment', () => {
    const meter = rateMeter(1000);
    meter.add(0, 5);
    meter.add(10, 5);
    expect(meter.perSecond()).toBe(0);
  });
});
