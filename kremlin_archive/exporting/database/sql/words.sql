CREATE MACRO folded(given) AS replace(lower(given), 'ё', 'е');
COMMENT ON MACRO folded IS 'A text as words are compared: small letters, ё as е.';

CREATE MACRO words(given) AS regexp_extract_all(folded(given), '[\p{L}\p{N}]+');
COMMENT ON MACRO words IS 'The words of a text, folded: runs of letters and digits.';
