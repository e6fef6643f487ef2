-- An account sees its own rows, and reaches no others.
DO $$
DECLARE
    of_ada bigint;
    of_bob bigint;
BEGIN
    SELECT note_id INTO STRICT of_ada FROM api.note;
    ASSERT (SELECT body FROM api.note WHERE note_id = of_ada) = 'of Ada', 'Ada sees her note alone';

    PERFORM set_config('app.account', '00000000-0000-0000-0000-00000000000b', true);
    SELECT note_id INTO STRICT of_bob FROM api.note;
    ASSERT of_bob <> of_ada, 'Bob sees his';
    ASSERT NOT api.change_note(of_ada, 'taken over'), 'Bob cannot change what he does not see';
    ASSERT NOT api.remove_note(of_ada), 'nor remove it';

    PERFORM set_config('app.account', '', true);
    ASSERT NOT EXISTS (SELECT FROM api.note), 'who works for no account sees nothing';
    BEGIN
        PERFORM api.add_note('of nobody');
        ASSERT false, 'and adds nothing';
    EXCEPTION WHEN insufficient_privilege OR not_null_violation THEN
        NULL;
    END;
END
$$;
