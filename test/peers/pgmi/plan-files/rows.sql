SELECT to_regclass('t');
