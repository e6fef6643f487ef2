SELECT count(*), (SELECT last_value FROM people_id_seq) FROM people;
SELECT ordinal, step_type, script_path, directory, depth FROM plans.pgmi_test_plan ORDER BY ordinal;
SELECT * FROM plans.pattern ORDER BY ordinal;
SELECT * FROM plans.has ORDER BY path COLLATE "C";
SELECT line FROM plans.text ORDER BY n;
