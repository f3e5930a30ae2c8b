CREATE MACRO search(given, language := NULL) AS TABLE
WITH wanted AS (
    SELECT DISTINCT unnest(words(given)) AS form
), known AS (
    SELECT w.form, f.stem_id
    FROM wanted w JOIN fts_forms f USING (form)
    WHERE language IS NULL OR f.lang = language
), guessed AS (
    -- A form that no text has: the longest stem that it begins with, endings being short.
    SELECT w.form, s.lang, arg_max(s.stem_id, length(s.stem)) AS stem_id
    FROM wanted w
    JOIN fts_stems s ON starts_with(w.form, s.stem) AND length(s.stem) >= greatest(3, length(w.form) - 3)
    WHERE w.form NOT IN (SELECT k.form FROM known k) AND (language IS NULL OR s.lang = language)
    GROUP BY w.form, s.lang
), asked AS (
    SELECT k.stem_id FROM known k UNION SELECT g.stem_id FROM guessed g
), sizes AS (
    SELECT d.lang, count(*) AS n_documents, avg(d.n_words) AS mean_words FROM fts_documents d GROUP BY d.lang
), scored AS (
    SELECT f.doc_id, count(*) AS n_found,
           sum(ln(1 + (z.n_documents - s.n_documents + 0.5) / (s.n_documents + 0.5))
               * p.n * 2.2 / (p.n + 1.2 * (0.25 + 0.75 * f.n_words / z.mean_words))) AS score
    FROM asked a
    JOIN fts_stems s USING (stem_id)
    JOIN fts_postings p USING (stem_id)
    JOIN fts_documents f ON f.number = p.number
    JOIN sizes z ON z.lang = f.lang
    GROUP BY f.doc_id
)
SELECT round(c.score, 4) AS score, c.n_found, d.doc_id, d.published_date, d.title, d.url
FROM scored c
JOIN documents d USING (doc_id)
ORDER BY c.score DESC, d.doc_id;
COMMENT ON MACRO TABLE search IS
'Documents with any of these words in any form, best first by BM25 (k1 1.2, b 0.75); n_found: how many of the words.';
