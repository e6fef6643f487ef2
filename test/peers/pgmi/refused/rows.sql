SELECT to_regclass('made');
