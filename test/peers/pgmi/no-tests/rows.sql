SELECT to_regclass('never');
