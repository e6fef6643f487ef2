-- What the application does with notes.
DO $$
DECLARE
    added bigint := api.add_note('second');
BEGIN
    ASSERT (SELECT body FROM api.note WHERE note_id = added) = 'second', 'what was added is there';
    ASSERT api.change_note(added, 'third'), 'it can be changed';
    ASSERT (SELECT body FROM api.note WHERE note_id = added) = 'third', 'and is what it was changed to';
    ASSERT api.remove_note(added), 'it can be removed';
    ASSERT NOT api.remove_note(added), 'but not twice';
END
$$;
