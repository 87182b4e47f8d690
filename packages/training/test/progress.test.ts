import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { progressBar } from '@secateur/training';
import { runFixture } from './child.ts';
import { fakeTerminal } from './fake-terminal.ts';
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

  test('draws a bar over itself on a terminal, below the lines of the log', () => {
    const { stream, clock, now, text } = screen(true);
    const progress = progressBar({ total: 8, stream, now });
    clock.time += 1000;
    progress.update(2, { epoch: 1, loss: 6.25, units: 2500 });
    progress.log('valid perplexity 80');
    progress.stop();
    progress.stop();
    progress.log('done');
    expect(fakeTerminal(100, text()).lines()).toEqual([
      'valid perplexity 80',
      '====------------  25%  2/8  epoch 1  loss 6.250  2,500 words/s  ETA 3s',
      'done',
    ]);
    expect(process.listeners('SIGINT')).toEqual([]);
  });

  test('draws five times a second at most, also in a loop that never waits', () => {
    const { stream, clock, now, text } = screen(true);
    const progress = progressBar({ total: 1000, stream, now });
    for (let step = 1; step <= 1000; step++) {
      clock.time += 10;
      progress.update(step);
    }
    // At the start, and every 200 of the 10,000 ms.
    expect(text().match(/%/g)).toHaveLength(51);
    expect(text()).toContain('1000/1000');
    progress.stop();
  });

  test('draws the bar again by itself, in case something was written over it', () => {
    vi.useFakeTimers();
    const { stream, text } = screen(true);
    const progress = progressBar({ total: 8, stream });
    vi.advanceTimersByTime(1000);
    expect(text().match(/0%/g)).toHaveLength(6);
    progress.stop();
    expect(text().match(/0%/g)).toHaveLength(7);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('sends a terminal nothing but text, returns and erasures to the end of the line', () => {
    const { stream, now, text } = screen(true);
    const progress = progressBar({ total: 8, stream, now, unit: 'wo\u001b[31mrds\n' });
    progress.update(4, { units: 3 });
    progress.log('a line');
    progress.stop();
    // eslint-disable-next-line no-control-regex -- control characters are what is looked for
    const controls = text().match(/\u001b\[.?|[\u0000-\u001f]/g) ?? [];
    expect(new Set(controls)).toEqual(new Set(['\r', '\n', '\u001b[K']));
    expect(controls.filter((control) => control === '\n')).toHaveLength(2);
  });

  test('never wraps, however narrow the terminal and whatever its characters', () => {
    const units = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.constantFrom('словá', '語彙', 'Ｗ', '👩‍👩‍👧', 'e\u0301'),
    );
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 120 }), units, (columns, unit) => {
        const { stream, clock, now, text } = screen(true);
        stream.columns = columns;
        const progress = progressBar({ total: 8, stream, now, unit });
        clock.time += 1000;
        progress.update(4, { epoch: 1, loss: 6.25, units: 1000 });
        progress.log('a');
        progress.stop();
        const shown = fakeTerminal(columns, text());
        expect(shown.wrapped()).toBe(false);
        expect(shown.lines()).toHaveLength(2);
        expect('========--------  50%'.startsWith(shown.lines()[1]!.slice(0, 21))).toBe(true);
      }),
    );
  });

  test('follows the width of a window that changes', () => {
    const { stream, clock, now, text } = screen(true);
    stream.columns = 24;
    const progress = progressBar({ total: 8, stream, now });
    progress.update(4, { epoch: 1, loss: 6.25 });
    progress.log('narrow');
    expect(text()).toContain('========--------  50%');
    expect(text()).not.toContain('4/8');
    stream.columns = 40;
    clock.time += 1000;
    progress.update(5);
    expect(text()).toContain('==========------  62%  5/8  epoch 1');
    progress.stop();
  });

  test('takes 80 columns where the terminal does not tell', () => {
    const { stream, clock, now, text } = screen(true);
    stream.columns = 0;
    const progress = progressBar({ total: 8, stream, now, unit: 'u'.repeat(100) });
    clock.time += 1000;
    progress.update(4);
    progress.stop();
    expect(fakeTerminal(80, text()).lines()[0]).toHaveLength(79);
  });

  test('writes the bar as lines when told to draw it where there is no terminal', () => {
    const { stream, clock, now, text } = screen(false);
    const progress = progressBar({ total: 8, stream, now, mode: 'bar' });
    clock.time += 1000;
    progress.update(1);
    progress.log('a line');
    clock.time += 1000;
    progress.update(2);
    progress.stop();
    expect(text()).toBe(
      '----------------   0%  0/8\n' +
        'a line\n' +
        '====------------  25%  2/8  1.00 words/s  ETA 6s\n' +
        '====------------  25%  2/8  1.00 words/s  ETA 6s\n',
    );
  });

  test('shows steps beyond the total, and none below the start', () => {
    const { stream, clock, now, text } = screen(true);
    const progress = progressBar({ total: 2, start: 2, stream, now });
    clock.time += 200;
    progress.update(3);
    progress.stop();
    expect(fakeTerminal(100, text()).lines()).toEqual([
      '================ 100%  3/2  5.00 words/s  ETA 0s',
    ]);
  });

  test('keeps no process alive that has nothing else to do', async () => {
    const { code, errors } = await runFixture('progress', []).ended;
    expect(errors).toContain('----------------   0%  0/8');
    expect(code).toBe(0);
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
