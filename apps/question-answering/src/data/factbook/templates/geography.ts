import { PLACE, HEIGHT, PERCENT } from './patterns.ts';
import type { Template } from './template.ts';

/** Questions about land and nature. */
export const GEOGRAPHY: readonly Template[] = [
  {
    of: ['Location'],
    answer: /^[^,;]+/,
    asks: ['Where is {}?', 'In which part of the world does {} lie?', 'Where is {} located?'],
  },
  {
    of: ['Geographic coordinates'],
    asks: ['What are the geographic coordinates of {}?', 'At which latitude and longitude is {}?'],
  },
  {
    of: ['Area', 'total'],
    asks: [
      'What is the total area of {}?',
      'How large is {} altogether?',
      'How many square kilometres does {} cover in total?',
    ],
  },
  { of: ['Area', 'land'], asks: ['How much land does {} have?', 'What is the land area of {}?'] },
  {
    of: ['Area', 'water'],
    asks: ['How much of the area of {} is water?', 'What area in {} do waters cover?'],
  },
  {
    of: ['Area - comparative'],
    asks: [
      'What can the size of {} be compared with?',
      'How large is {} beside places in the United States?',
    ],
  },
  {
    of: ['Land boundaries', 'total'],
    asks: ['How long are the land boundaries of {}?', 'How long are the borders of {} in total?'],
  },
  {
    of: ['Land boundaries', 'border countries'],
    answer: /^(?:\(\d+\): )?([^\d;,]+?) [\d,.]+ km/,
    asks: [
      'Which country comes first among the neighbours of {}?',
      'Which neighbour of {} is listed first?',
    ],
  },
  {
    of: ['Coastline'],
    asks: ['How long is the coastline of {}?', 'How many kilometres of coast does {} have?'],
  },
  {
    of: ['Maritime claims', 'territorial sea'],
    asks: [
      'How wide is the territorial sea of {}?',
      'How far out does {} claim a territorial sea?',
    ],
  },
  {
    of: ['Maritime claims', 'exclusive economic zone'],
    asks: [
      'How wide is the exclusive economic zone of {}?',
      'How far does the economic zone of {} reach?',
    ],
  },
  {
    of: ['Climate'],
    answer: /^[^;:]+/,
    asks: ['What is the climate of {} like?', 'What climate does {} have?'],
  },
  {
    of: ['Terrain'],
    answer: /^[^;:]+/,
    asks: ['What is the terrain of {} like?', 'How does the land of {} look?'],
  },
  {
    of: ['Elevation extremes', 'lowest point'],
    answer: PLACE,
    asks: ['What is the lowest point of {}?', 'Where is {} lowest?'],
  },
  {
    of: ['Elevation extremes', 'highest point'],
    answer: PLACE,
    asks: ['What is the highest point of {}?', 'Which place in {} is the highest?'],
  },
  {
    of: ['Elevation extremes', 'highest point'],
    answer: HEIGHT,
    asks: ['How high is the highest point of {}?', 'How far up does {} reach?'],
  },
  {
    of: ['Natural resources'],
    answer: /^[^,;]+/,
    asks: [
      'Which of the natural resources of {} is named first?',
      'What is the first natural resource of {}?',
    ],
  },
  {
    of: ['Land use', 'agricultural land'],
    answer: PERCENT,
    asks: ['What share of {} is agricultural land?', 'How much of {} is farmed?'],
  },
  {
    of: ['Land use', 'forest'],
    answer: PERCENT,
    asks: ['What share of {} is forest?', 'How much of {} do woods cover?'],
  },
  {
    of: ['Irrigated land'],
    asks: ['How much land in {} is irrigated?', 'What area of {} is watered by irrigation?'],
  },
  {
    of: ['Natural hazards'],
    answer: /^[^;:]+/,
    asks: ['Which natural hazards does {} face?', 'What threatens {} by nature?'],
  },
];
