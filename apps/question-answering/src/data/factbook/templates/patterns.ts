/** A number of something in a year, as in `$4,100 (2014 est.) ++ $4,000 (2013 est.)`. */
export const inYear = (year: number): RegExp =>
  new RegExp(`(?:^|\\+\\+ )([^+()]+?) \\((?:[\\w ]+ )?${year}(?: est\\.)?\\)`);
/** The first of a list with shares, as in `Akan 47.5%, Ewe 13.9%`. */
export const FIRST = /^([^\d%,;()]+?) (?:\([^)]*\) )?[\d.]+%/;
/** The share of that first. */
export const SHARE = /^[^\d%,;()]+? (?:\([^)]*\) )?([\d.]+%)/;
/** The second of such a list. */
export const SECOND = /^[^%;()]+%, ([^\d%,;()]+?) [\d.]+%/;
/** A place with its height, as in `Mount Afadjato 885 m`. */
export const PLACE = /^([^\d;]+?) -?[\d,]+ m\b/;
/** That height. */
export const HEIGHT = /(?<= )-?[\d,]+ m\b/;
/** A number at the beginning, as in `30.4 million (2014 est.)`. */
export const NUMBER = /^-?[\d.,]+(?: [mbtr]+illion)?(?!\S)/;
/** A share at the beginning, as in `5.4% of GDP (2013)`. */
export const PERCENT = /^-?[\d.]+%/;
/** When somebody came into office, as in `President Joachim GAUCK (since 23 March 2012)`. */
export const SINCE = /\(since (?:early |late )?([^);,]*\d{4})\)/;
/** Who that is. */
export const PERSON = /^[^();,]+(?= \(since)/;
