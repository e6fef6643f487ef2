SELECT to_regclass('people');
