-- What is no person is refused.
DO $$
DECLARE
    refused text;
BEGIN
    BEGIN
        PERFORM app.register_person('nobody', 'No Address');
        ASSERT false, 'an address without @ is refused';
    EXCEPTION WHEN check_violation THEN
        GET STACKED DIAGNOSTICS refused = CONSTRAINT_NAME;
        ASSERT refused = 'person_email_has_at', refused;
    END;

    BEGIN
        PERFORM app.register_person('blank@test.example', '  ');
        ASSERT false, 'a blank name is refused';
    EXCEPTION WHEN check_violation THEN
        GET STACKED DIAGNOSTICS refused = CONSTRAINT_NAME;
        ASSERT refused = 'person_name_not_blank', refused;
    END;

    ASSERT NOT EXISTS (SELECT FROM app.find_person('blank@test.example')), 'nothing of it is left';
END
$$;
