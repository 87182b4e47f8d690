import type { Located } from './evaluate.ts';

/** Characters of the text that are shown on each side of an answer. */
const AROUND = 120;

/** An answer, how sure the network is, and the place where the text has it, with the answer in brackets. */
export function excerpt(context: string, { answer, start, end, probability }: Located): string {
  const from = wordEdge(context, start - AROUND, 1);
  const to = wordEdge(context, end + AROUND, -1);
  const around = [
    from > 0 ? '... ' : '',
    context.slice(from, start),
    `[${context.slice(start, end)}]`,
    context.slice(end, Math.max(to, end)),
    to < context.length ? ' ...' : '',
  ].join('');
  return [
    answer,
    `  probability ${(100 * probability).toFixed(1)} %, characters ${start} to ${end}:`,
    `  ${around.replace(/\s+/g, ' ').trim()}`,
  ].join('\n');
}

/** The nearest place in a direction that does not cut a word. */
function wordEdge(text: string, at: number, direction: 1 | -1): number {
  if (at <= 0) return 0;
  if (at >= text.length) return text.length;
  let place = at;
  while (place > 0 && place < text.length && !/\s/.test(text[place]!)) place += direction;
  return place;
}
