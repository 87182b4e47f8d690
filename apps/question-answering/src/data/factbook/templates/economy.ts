import { inYear, FIRST, NUMBER, PERCENT } from './patterns.ts';
import type { Template } from './template.ts';

/** Questions about economy. */
export const ECONOMY: readonly Template[] = [
  {
    of: ['GDP (purchasing power parity)'],
    answer: inYear(2014),
    asks: [
      'What was the GDP of {} in 2014 at purchasing power parity?',
      'How large was the economy of {} in 2014?',
    ],
  },
  {
    of: ['GDP (purchasing power parity)'],
    answer: inYear(2013),
    asks: [
      'What was the GDP of {} in 2013 at purchasing power parity?',
      'How large was the economy of {} in 2013?',
    ],
  },
  {
    of: ['GDP - real growth rate'],
    answer: inYear(2014),
    asks: ['How fast did the economy of {} grow in 2014?'],
  },
  {
    of: ['GDP - real growth rate'],
    answer: inYear(2012),
    asks: ['How fast did the economy of {} grow in 2012?'],
  },
  {
    of: ['GDP - per capita (PPP)'],
    answer: inYear(2014),
    asks: [
      'What was the GDP per head of {} in 2014?',
      'How much did {} produce per person in 2014?',
    ],
  },
  {
    of: ['GDP - composition, by sector of origin', 'agriculture'],
    answer: PERCENT,
    asks: ['What part of the GDP of {} comes from agriculture?'],
  },
  {
    of: ['GDP - composition, by sector of origin', 'services'],
    answer: PERCENT,
    asks: ['What part of the GDP of {} comes from services?'],
  },
  {
    of: ['Agriculture - products'],
    answer: /^[^,;(]+/,
    asks: [
      'Which farm product of {} is named first?',
      'What does the agriculture of {} produce first of all?',
    ],
  },
  {
    of: ['Industries'],
    answer: /^[^,;(]+/,
    asks: ['Which industry of {} is named first?', 'What is the first industry of {}?'],
  },
  {
    of: ['Labor force'],
    answer: NUMBER,
    asks: ['How large is the labor force of {}?', 'How many workers does {} have?'],
  },
  {
    of: ['Unemployment rate'],
    answer: PERCENT,
    asks: ['How high is unemployment in {}?', 'What share of workers in {} is without work?'],
  },
  {
    of: ['Population below poverty line'],
    answer: PERCENT,
    asks: ['What share of {} lives in poverty?', 'How many in {} are below the poverty line?'],
  },
  {
    of: ['Budget', 'revenues'],
    asks: ['What are the revenues of the state in {}?', 'How much does the budget of {} take in?'],
  },
  {
    of: ['Budget', 'expenditures'],
    asks: [
      'What are the expenditures of the state in {}?',
      'How much does the budget of {} spend?',
    ],
  },
  {
    of: ['Public debt'],
    answer: PERCENT,
    asks: ['How high is the public debt of {}?', 'What does the state of {} owe of its GDP?'],
  },
  {
    of: ['Fiscal year'],
    asks: ['What is the fiscal year of {}?', 'When does the fiscal year of {} run?'],
  },
  {
    of: ['Inflation rate (consumer prices)'],
    answer: inYear(2014),
    asks: ['How high was inflation in {} in 2014?'],
  },
  {
    of: ['Inflation rate (consumer prices)'],
    answer: inYear(2013),
    asks: ['How high was inflation in {} in 2013?'],
  },
  { of: ['Exports'], asks: ['How much does {} export?', 'What are the exports of {} worth?'] },
  {
    of: ['Exports - commodities'],
    answer: /^[^,;(\d]+/,
    asks: ['Which good does {} export first of all?', 'What is the first export commodity of {}?'],
  },
  {
    of: ['Exports - partners'],
    answer: FIRST,
    asks: ['To which country does {} export most?', 'Who buys most from {}?'],
  },
  { of: ['Imports'], asks: ['How much does {} import?', 'What are the imports of {} worth?'] },
  {
    of: ['Imports - commodities'],
    answer: /^[^,;(\d]+/,
    asks: ['Which good does {} import first of all?', 'What is the first import commodity of {}?'],
  },
  {
    of: ['Imports - partners'],
    answer: FIRST,
    asks: ['From which country does {} import most?', 'Who sells most to {}?'],
  },
  {
    of: ['Debt - external'],
    answer: /^\$[\d.,]+(?: \w+)?/,
    asks: ['How high is the external debt of {}?', 'How much does {} owe abroad?'],
  },
  {
    of: ['Exchange rates'],
    answer: /^[^(]+(?= \()/,
    asks: ['What is the currency of {}?', 'What money does {} have?'],
  },
];
