CREATE MACRO kwic(word, language := NULL, width := 60) AS TABLE
WITH wanted AS (
    SELECT p.paragraph_id, p.doc_id, p.seq, p.speaker_label, p.text,
           regexp_extract_all(p.text, '[\p{L}\p{N}]+') AS hits,
           string_split_regex(p.text, '[\p{L}\p{N}]+') AS gaps
    FROM paragraphs p
    WHERE (language IS NULL OR p.lang = language)
      AND folded(p.text) LIKE '%' || replace(folded(word), '*', '%') || '%'
), numbered AS (
    SELECT w.*, unnest(generate_series(1, len(w.hits))) AS i FROM wanted w
), placed AS (
    SELECT n.*, n.hits[n.i] AS hit,
           coalesce(list_sum(list_transform(n.gaps[1 : n.i], lambda x: length(x))), 0)::BIGINT
           + coalesce(list_sum(list_transform(n.hits[1 : n.i - 1], lambda x: length(x))), 0)::BIGINT AS start
    FROM numbered n
    WHERE folded(n.hits[n.i]) LIKE replace(folded(word), '*', '%')
)
SELECT d.published_date, d.doc_id, o.speaker_label,
       right(substr(o.text, 1, o.start), width) AS left_context,
       o.hit AS keyword,
       substr(o.text, o.start + length(o.hit) + 1, width) AS right_context,
       o.paragraph_id
FROM placed o
JOIN documents d USING (doc_id)
ORDER BY d.published_date, d.doc_id, o.seq, o.start;
COMMENT ON MACRO TABLE kwic IS
'Concordance: every place of a word with its context, width characters each side. A * stands for any letters.';

CREATE MACRO words_per_year(person) AS TABLE
SELECT year(d.published_date) AS year, t.lang, t.person_id, coalesce(p.display_en, p.display_ru, p.name_en, p.name_ru) AS name,
       sum(t.n_words)::BIGINT AS n_words, count(*) AS n_turns, count(DISTINCT t.doc_id) AS n_documents
FROM turns t
JOIN documents d USING (doc_id)
JOIN persons p USING (person_id)
WHERE p.person_id = person OR p.display_en = person OR p.display_ru = person OR p.name_en = person OR p.name_ru = person
GROUP BY ALL
ORDER BY year(d.published_date), t.lang, t.person_id;
COMMENT ON MACRO TABLE words_per_year IS
'Words, turns and documents of a person (an id, or a name as persons has it) by year and edition.';

CREATE MACRO revisions_between(since, until) AS TABLE
SELECT r.valid_from, r.doc_id, r.revision_no, r.change_kind, r.changed_fields, r.similarity_prev,
       r.n_chars_inserted, r.n_chars_deleted, r.title, r.revision_id, r.prev_revision_id
FROM revisions r
WHERE r.valid_from >= since::TIMESTAMPTZ AND r.valid_from < until::TIMESTAMPTZ AND r.change_kind <> 'created'
ORDER BY r.valid_from, r.doc_id;
COMMENT ON MACRO TABLE revisions_between IS
'Edits first seen between two instants (the second exclusive); a new document is not an edit.';

CREATE MACRO as_of(instant) AS TABLE
SELECT r.*
FROM revisions r
WHERE r.valid_from <= instant::TIMESTAMPTZ AND (r.valid_to IS NULL OR r.valid_to > instant::TIMESTAMPTZ)
ORDER BY r.event_id, r.lang;
COMMENT ON MACRO TABLE as_of IS
'The revision of every document that was on the site at an instant, as far as captures show; change_kind gone: it was not there.';
