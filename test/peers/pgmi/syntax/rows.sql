SELECT to_regclass('a$b$c'), to_regproc('twice'), to_regclass('kept');
