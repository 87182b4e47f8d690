import { FIRST, SHARE, SECOND, NUMBER, PERCENT } from './patterns.ts';
import type { Template } from './template.ts';

/** Questions about people and society. */
export const PEOPLE: readonly Template[] = [
  {
    of: ['Nationality', 'noun'],
    asks: ['What are the people of {} called?', 'What does one call a citizen of {}?'],
  },
  {
    of: ['Nationality', 'adjective'],
    asks: ['Which adjective goes with {}?', 'What does one call a thing from {}?'],
  },
  {
    of: ['Ethnic groups'],
    answer: FIRST,
    asks: [
      'Which is the largest ethnic group of {}?',
      'To which ethnic group do most people of {} belong?',
    ],
  },
  { of: ['Ethnic groups'], answer: SECOND, asks: ['Which is the second ethnic group of {}?'] },
  {
    of: ['Languages'],
    answer: /^[^\d,;()%]+(?= \(official| [\d.]+%|,)/,
    asks: ['Which language is named first for {}?', 'What language do people in {} speak?'],
  },
  {
    of: ['Religions'],
    answer: FIRST,
    asks: ['Which religion has most followers in {}?', 'What is the main religion of {}?'],
  },
  { of: ['Religions'], answer: SHARE, asks: ['What share of {} follows the main religion?'] },
  {
    of: ['Population'],
    answer: NUMBER,
    asks: [
      'How many people live in {}?',
      'What is the population of {}?',
      'How many inhabitants does {} have?',
    ],
  },
  {
    of: ['Age structure', '0-14 years'],
    answer: PERCENT,
    asks: ['What share of {} is younger than 15?', 'How many in {} are aged 0 to 14?'],
  },
  {
    of: ['Age structure', '65 years and over'],
    answer: PERCENT,
    asks: ['What share of {} is 65 or older?', 'How many in {} are aged 65 and over?'],
  },
  {
    of: ['Median age', 'total'],
    asks: ['What is the median age in {}?', 'How old is the median inhabitant of {}?'],
  },
  { of: ['Median age', 'female'], asks: ['What is the median age of women in {}?'] },
  {
    of: ['Population growth rate'],
    asks: ['How fast does the population of {} grow?', 'What is the population growth rate of {}?'],
  },
  {
    of: ['Birth rate'],
    asks: ['What is the birth rate of {}?', 'How many births are there in {}?'],
  },
  {
    of: ['Death rate'],
    asks: ['What is the death rate of {}?', 'How many deaths are there in {}?'],
  },
  {
    of: ['Urbanization', 'urban population'],
    answer: PERCENT,
    asks: ['What share of {} lives in towns?', 'How much of the population of {} is urban?'],
  },
  {
    of: ['Major urban areas - population'],
    answer: /^(.+?) (?:\(capital\) )?[\d.,]+(?: million)?\b/,
    asks: [
      'Which city of {} is named first?',
      'Which is the first of the major urban areas of {}?',
    ],
  },
  {
    of: ['Infant mortality rate', 'total'],
    asks: ['What is the infant mortality rate of {}?', 'How many infants die in {}?'],
  },
  {
    of: ['Life expectancy at birth', 'total population'],
    asks: ['What is the life expectancy in {}?', 'How old do people in {} become?'],
  },
  {
    of: ['Life expectancy at birth', 'male'],
    asks: ['How old do men in {} become?', 'What is the life expectancy of men in {}?'],
  },
  {
    of: ['Life expectancy at birth', 'female'],
    asks: ['How old do women in {} become?', 'What is the life expectancy of women in {}?'],
  },
  {
    of: ['Total fertility rate'],
    asks: ['How many children does a woman in {} have?', 'What is the fertility rate of {}?'],
  },
  {
    of: ['Health expenditures'],
    answer: PERCENT,
    asks: [
      'What part of its product does {} spend on health?',
      'How high are the health expenditures of {}?',
    ],
  },
  {
    of: ['Education expenditures'],
    answer: PERCENT,
    asks: [
      'What part of its product does {} spend on education?',
      'How high are the education expenditures of {}?',
    ],
  },
  {
    of: ['Physicians density'],
    answer: NUMBER,
    asks: [
      'How many physicians per 1,000 people does {} have?',
      'How many doctors are there in {}?',
    ],
  },
  {
    of: ['Literacy', 'total population'],
    answer: PERCENT,
    asks: ['What share of {} can read and write?', 'How high is literacy in {}?'],
  },
];
