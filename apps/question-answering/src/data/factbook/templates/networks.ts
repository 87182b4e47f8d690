import { PERCENT } from './patterns.ts';
import type { Template } from './template.ts';

/** Questions about energy, communications, transport and the military. */
export const NETWORKS: readonly Template[] = [
  {
    of: ['Electricity - production'],
    asks: ['How much electricity does {} produce?', 'How much power do the plants of {} make?'],
  },
  {
    of: ['Electricity - consumption'],
    asks: ['How much electricity does {} use?', 'What is the electricity consumption of {}?'],
  },
  {
    of: ['Electricity - from fossil fuels'],
    answer: PERCENT,
    asks: ['What part of the electricity of {} comes from fossil fuels?'],
  },
  {
    of: ['Electricity - from hydroelectric plants'],
    answer: PERCENT,
    asks: ['What part of the electricity of {} comes from water?'],
  },
  {
    of: ['Crude oil - production'],
    asks: ['How much crude oil does {} produce?', 'How much oil is pumped in {}?'],
  },
  {
    of: ['Natural gas - consumption'],
    asks: ['How much natural gas does {} use?', 'What is the gas consumption of {}?'],
  },
  {
    of: ['Telephones - fixed lines', 'total subscriptions'],
    asks: ['How many fixed telephone lines does {} have?'],
  },
  {
    of: ['Telephones - mobile cellular', 'total'],
    asks: [
      'How many mobile telephones does {} have?',
      'How many cellular subscriptions are there in {}?',
    ],
  },
  {
    of: ['Internet country code'],
    asks: ['What is the Internet country code of {}?', 'With what do Internet names of {} end?'],
  },
  {
    of: ['Internet users', 'total'],
    asks: ['How many people use the Internet in {}?', 'How many Internet users does {} have?'],
  },
  {
    of: ['Internet users', 'percent of population'],
    asks: ['What share of {} uses the Internet?'],
  },
  {
    of: ['Airports'],
    asks: ['How many airports does {} have?', 'How many places in {} can aircraft land at?'],
  },
  {
    of: ['Airports - with paved runways', 'total'],
    asks: ['How many airports of {} have paved runways?'],
  },
  {
    of: ['Railways', 'total'],
    asks: ['How long are the railways of {}?', 'How many kilometres of railway does {} have?'],
  },
  {
    of: ['Roadways', 'total'],
    asks: ['How long are the roads of {}?', 'How many kilometres of road does {} have?'],
  },
  { of: ['Roadways', 'paved'], asks: ['How many kilometres of the roads of {} are paved?'] },
  { of: ['Waterways'], asks: ['How long are the waterways of {}?'] },
  {
    of: ['Ports and terminals', 'major seaport(s)'],
    answer: /^[^,;(]+/,
    asks: ['Which seaport of {} is named first?', 'What is the first major seaport of {}?'],
  },
  {
    of: ['Military branches'],
    answer: /^[^,;:(]+/,
    asks: [
      'Which branch of the forces of {} is named first?',
      'What is the first military branch of {}?',
    ],
  },
  {
    of: ['Military expenditures'],
    answer: PERCENT,
    asks: [
      'What part of its product does {} spend on its forces?',
      'How high are the military expenditures of {}?',
    ],
  },
];
