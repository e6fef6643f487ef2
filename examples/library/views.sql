CREATE VIEW overdue AS
SELECT b.title, l.member, l.since
FROM loans l JOIN books b ON b.id = l.book_id
WHERE l.back IS NULL AND l.since < current_date - max_days();

CREATE FUNCTION max_days() RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 28';
