-- People to try things with. Only with --param demo=on.
SELECT app.register_person('ada@example.org', 'Ada');
SELECT app.register_person('grace@example.org', 'Grace');
