CREATE VIEW documents_en AS SELECT * FROM documents WHERE lang = 'en';
COMMENT ON VIEW documents_en IS 'Documents of the English edition.';

CREATE VIEW documents_ru AS SELECT * FROM documents WHERE lang = 'ru';
COMMENT ON VIEW documents_ru IS 'Documents of the Russian edition.';

CREATE VIEW parallel_paragraphs AS
SELECT a.event_id, e.published_date, e.title AS en_title, r.title AS ru_title, a.seq, a.bead, a.score,
       a.en_text, a.ru_text, a.en_paras, a.ru_paras, a.method
FROM alignments a
JOIN documents e ON e.event_id = a.event_id AND e.lang = 'en'
JOIN documents r ON r.event_id = a.event_id AND r.lang = 'ru'
WHERE a.en_text <> '' AND a.ru_text <> ''
ORDER BY a.event_id, a.seq;
COMMENT ON VIEW parallel_paragraphs IS 'Paragraphs that stand in both editions, side by side.';

CREATE VIEW speeches AS
SELECT t.turn_id, t.doc_id, t.event_id, t.lang, d.published_date, d.title, t.seq, t.speaker_label,
       t.person_id, coalesce(p.display_en, p.name_en) AS name_en, coalesce(p.display_ru, p.name_ru) AS name_ru,
       t.speaker_role_text, t.speaker_kind, t.delivery_note, t.n_words, t.text, t.link_method, t.link_score, d.url
FROM turns t
JOIN documents d USING (doc_id)
LEFT JOIN persons p USING (person_id)
ORDER BY d.published_date, t.event_id, t.lang, t.seq;
COMMENT ON VIEW speeches IS 'Turns with the day, the event and the names of the person in both languages.';

CREATE VIEW latest_changes AS
SELECT c.changed_at, c.change, c.doc_id, c.lang, d.published_date, d.title, r.changed_fields, r.similarity_prev,
       r.n_chars_inserted, r.n_chars_deleted, c.old_revision_id, c.new_revision_id, d.url
FROM changes c
JOIN documents d USING (doc_id)
LEFT JOIN revisions r ON r.doc_id = c.doc_id AND r.revision_no = c.revision_no
WHERE c.change <> 'added'
ORDER BY c.changed_at DESC, c.doc_id;
COMMENT ON VIEW latest_changes IS 'What was edited, taken off or put back, newest first; new documents are not listed.';
