-- An address belongs to one person, however it is written.
DO $$
DECLARE
    first bigint := (SELECT person_id FROM app.find_person('ada@test.example'));
    again bigint := app.register_person(' ADA@test.example ', 'Ada L.');
BEGIN
    ASSERT first IS NOT NULL, 'the person of _setup.sql is there';
    ASSERT again = first, 'the same address is the same person';
    ASSERT (SELECT name FROM app.find_person('Ada@Test.Example')) = 'Ada L.', 'the name is the new one';
END
$$;
